// Original file: queue.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Added: what came of one track.
 */
export interface TrackAnswer {
  /**
   * Its request.
   */
  'requestId'?: (number | string | Long);
  /**
   * As in QueueResponse, or INVALID_ARGUMENT.
   */
  'code'?: (string);
  /**
   * For people.
   */
  'message'?: (string);
}

/**
 * Added: what came of one track.
 */
export interface TrackAnswer__Output {
  /**
   * Its request.
   */
  'requestId': (number);
  /**
   * As in QueueResponse, or INVALID_ARGUMENT.
   */
  'code': (string);
  /**
   * For people.
   */
  'message': (string);
}
