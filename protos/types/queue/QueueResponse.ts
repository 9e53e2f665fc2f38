// Original file: queue.proto

import type { Track as _queue_Track, Track__Output as _queue_Track__Output } from '../queue/Track.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Answer to a change of the queue.
 */
export interface QueueResponse {
  /**
   * What came of it, for people; "Queued by Leader" for a track that was added.
   */
  'message'?: (string);
  /**
   * The head of the queue, at most 50 tracks, and in any case the track the call was about.
   */
  'queue'?: (_queue_Track)[];
  /**
   * Added: place of the track the call was about, from 1; 0: it is not queued.
   */
  'position'?: (number | string | Long);
  /**
   * Added: how many tracks are queued.
   */
  'total'?: (number | string | Long);
  /**
   * Added: what came of it, for programs: APPLIED, or why nothing changed.
   */
  'code'?: (string);
}

/**
 * Answer to a change of the queue.
 */
export interface QueueResponse__Output {
  /**
   * What came of it, for people; "Queued by Leader" for a track that was added.
   */
  'message': (string);
  /**
   * The head of the queue, at most 50 tracks, and in any case the track the call was about.
   */
  'queue': (_queue_Track__Output)[];
  /**
   * Added: place of the track the call was about, from 1; 0: it is not queued.
   */
  'position': (number);
  /**
   * Added: how many tracks are queued.
   */
  'total': (number);
  /**
   * Added: what came of it, for programs: APPLIED, or why nothing changed.
   */
  'code': (string);
}
