// Original file: queue.proto

import type { Track as _queue_Track, Track__Output as _queue_Track__Output } from '../queue/Track.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Tracks in order.
 */
export interface QueueList {
  /**
   * The tracks of this page.
   */
  'queue'?: (_queue_Track)[];
  /**
   * Added: how many there are in all.
   */
  'total'?: (number | string | Long);
  /**
   * Added: whether tracks follow after this page.
   */
  'more'?: (boolean);
}

/**
 * Tracks in order.
 */
export interface QueueList__Output {
  /**
   * The tracks of this page.
   */
  'queue': (_queue_Track__Output)[];
  /**
   * Added: how many there are in all.
   */
  'total': (number);
  /**
   * Added: whether tracks follow after this page.
   */
  'more': (boolean);
}
