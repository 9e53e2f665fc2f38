// Original file: admin.proto

import type { Long } from '@grpc/proto-loader';

/**
 * A member and what is known of it.
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
  /**
   * Whether it votes.
   */
  'voter'?: (boolean);
  /**
   * On the leader: up to where its log is known to match; else 0.
   */
  'matchIndex'?: (number | string | Long);
  /**
   * On the leader: probe, replicate or snapshot; else empty.
   */
  'state'?: (string);
  /**
   * On the leader: milliseconds since it was last heard; -1: not known.
   */
  'lastContactMs'?: (number | string | Long);
}

/**
 * A member and what is known of it.
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
  /**
   * Whether it votes.
   */
  'voter': (boolean);
  /**
   * On the leader: up to where its log is known to match; else 0.
   */
  'matchIndex': (number);
  /**
   * On the leader: probe, replicate or snapshot; else empty.
   */
  'state': (string);
  /**
   * On the leader: milliseconds since it was last heard; -1: not known.
   */
  'lastContactMs': (number);
}
