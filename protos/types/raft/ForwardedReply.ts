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
   * When it was applied: the encoded response to the client's RPC; of AddTracks what came of each
   * track, a byte each.
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
   * When it was applied: the encoded response to the client's RPC; of AddTracks what came of each
   * track, a byte each.
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
