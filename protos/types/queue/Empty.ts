// Original file: queue.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Nothing; for lists, optionally which page.
 */
export interface Empty {
  /**
   * Added: tracks to leave out at the front.
   */
  'offset'?: (number | string | Long);
  /**
   * Added: tracks at most; 0: as many as fit a message.
   */
  'limit'?: (number | string | Long);
}

/**
 * Nothing; for lists, optionally which page.
 */
export interface Empty__Output {
  /**
   * Added: tracks to leave out at the front.
   */
  'offset': (number);
  /**
   * Added: tracks at most; 0: as many as fit a message.
   */
  'limit': (number);
}
