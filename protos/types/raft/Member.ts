// Original file: raft.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Added: a server of a configuration.
 */
export interface Member {
  /**
   * Its id.
   */
  'id'?: (number | string | Long);
  /**
   * Where peers reach it, host:port.
   */
  'address'?: (string);
}

/**
 * Added: a server of a configuration.
 */
export interface Member__Output {
  /**
   * Its id.
   */
  'id': (number);
  /**
   * Where peers reach it, host:port.
   */
  'address': (string);
}
