// Original file: queue.proto

import type { Track as _queue_Track, Track__Output as _queue_Track__Output } from '../queue/Track.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Added: a track and the request that it is.
 */
export interface NumberedTrack {
  /**
   * Greater than that of every track before on the stream.
   */
  'requestId'?: (number | string | Long);
  /**
   * The track.
   */
  'track'?: (_queue_Track | null);
}

/**
 * Added: a track and the request that it is.
 */
export interface NumberedTrack__Output {
  /**
   * Greater than that of every track before on the stream.
   */
  'requestId': (number);
  /**
   * The track.
   */
  'track': (_queue_Track__Output | null);
}
