// Original file: raft.proto

import type { Long } from '@grpc/proto-loader';

/**
 * One entry of the log. Encoded once, by the node that accepts it.
 */
export interface LogEntry {
  /**
   * Term in which a leader received it.
   */
  'term'?: (number | string | Long);
  /**
   * ADD, REMOVE, VOTE, PLAY and ADDS, which is several ADD, are clients' commands; NOOP and CONFIG
   * are Raft's; CLUSTER names the cluster, once; CHECK compares the nodes' states.
   */
  'command'?: (string);
  /**
   * The encoded command.
   */
  'data'?: (Buffer | Uint8Array | string);
  /**
   * Added: its place in the log.
   */
  'index'?: (number | string | Long);
}

/**
 * One entry of the log. Encoded once, by the node that accepts it.
 */
export interface LogEntry__Output {
  /**
   * Term in which a leader received it.
   */
  'term': (number);
  /**
   * ADD, REMOVE, VOTE, PLAY and ADDS, which is several ADD, are clients' commands; NOOP and CONFIG
   * are Raft's; CLUSTER names the cluster, once; CHECK compares the nodes' states.
   */
  'command': (string);
  /**
   * The encoded command.
   */
  'data': (Buffer);
  /**
   * Added: its place in the log.
   */
  'index': (number);
}
