// Original file: raft.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Added: how a forwarded write ended.
 */
export interface ForwardedReply {
  /**
   * The write's.
   */
  'callId'?: (number | string | Long);
  /**
   * The encoded response to the client's RPC, when it was applied.
   */
  'response'?: (Buffer | Uint8Array | string);
  /**
   * Why it was not; empty: it was.
   */
  'code'?: (string);
  /**
   * For people.
   */
  'detail'?: (string);
}

/**
 * Added: how a forwarded write ended.
 */
export interface ForwardedReply__Output {
  /**
   * The write's.
   */
  'callId': (number);
  /**
   * The encoded response to the client's RPC, when it was applied.
   */
  'response': (Buffer);
  /**
   * Why it was not; empty: it was.
   */
  'code': (string);
  /**
   * For people.
   */
  'detail': (string);
}
