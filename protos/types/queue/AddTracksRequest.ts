// Original file: queue.proto

import type { NumberedTrack as _queue_NumberedTrack, NumberedTrack__Output as _queue_NumberedTrack__Output } from '../queue/NumberedTrack.ts';

/**
 * Added: more tracks of a stream.
 */
export interface AddTracksRequest {
  /**
   * At most 4096.
   */
  'tracks'?: (_queue_NumberedTrack)[];
}

/**
 * Added: more tracks of a stream.
 */
export interface AddTracksRequest__Output {
  /**
   * At most 4096.
   */
  'tracks': (_queue_NumberedTrack__Output)[];
}
