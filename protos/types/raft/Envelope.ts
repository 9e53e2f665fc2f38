// Original file: raft.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Added: in every message. A message of another cluster, or for another node, is refused.
 */
export interface Envelope {
  /**
   * Identifies the cluster; empty in one that has not begun.
   */
  'clusterId'?: (string);
  /**
   * The sender.
   */
  'from'?: (number | string | Long);
  /**
   * Whom it is meant for.
   */
  'to'?: (number | string | Long);
  /**
   * The sender's count of messages; a reply repeats its request's.
   */
  'sequence'?: (number | string | Long);
}

/**
 * Added: in every message. A message of another cluster, or for another node, is refused.
 */
export interface Envelope__Output {
  /**
   * Identifies the cluster; empty in one that has not begun.
   */
  'clusterId': (string);
  /**
   * The sender.
   */
  'from': (number);
  /**
   * Whom it is meant for.
   */
  'to': (number);
  /**
   * The sender's count of messages; a reply repeats its request's.
   */
  'sequence': (number);
}
