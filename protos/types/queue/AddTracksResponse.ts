// Original file: queue.proto

import type { TrackAnswer as _queue_TrackAnswer, TrackAnswer__Output as _queue_TrackAnswer__Output } from '../queue/TrackAnswer.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Added: what came of tracks of a stream.
 */
export interface AddTracksResponse {
  /**
   * Every track up to this request id is answered: APPLIED, unless `others` says something else.
   */
  'through'?: (number | string | Long);
  /**
   * The tracks newly answered that are not APPLIED, by request id.
   */
  'others'?: (_queue_TrackAnswer)[];
  /**
   * How many tracks are queued.
   */
  'total'?: (number | string | Long);
}

/**
 * Added: what came of tracks of a stream.
 */
export interface AddTracksResponse__Output {
  /**
   * Every track up to this request id is answered: APPLIED, unless `others` says something else.
   */
  'through': (number);
  /**
   * The tracks newly answered that are not APPLIED, by request id.
   */
  'others': (_queue_TrackAnswer__Output)[];
  /**
   * How many tracks are queued.
   */
  'total': (number);
}
