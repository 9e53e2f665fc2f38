// Original file: raft.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Added: a client's write, checked and encoded by the node that it was sent to.
 */
export interface ForwardedWrite {
  /**
   * Ties the reply to it, within the stream.
   */
  'callId'?: (number | string | Long);
  /**
   * The client's RPC: AddTrack, RemoveTrack, VoteTrack, PlayNext or AddTracks.
   */
  'method'?: (string);
  /**
   * The command as it will stand in the log.
   */
  'command'?: (string);
  /**
   * Its encoded request.
   */
  'data'?: (Buffer | Uint8Array | string);
  /**
   * The client asked for an answer without the list of the queue.
   */
  'brief'?: (boolean);
}

/**
 * Added: a client's write, checked and encoded by the node that it was sent to.
 */
export interface ForwardedWrite__Output {
  /**
   * Ties the reply to it, within the stream.
   */
  'callId': (number);
  /**
   * The client's RPC: AddTrack, RemoveTrack, VoteTrack, PlayNext or AddTracks.
   */
  'method': (string);
  /**
   * The command as it will stand in the log.
   */
  'command': (string);
  /**
   * Its encoded request.
   */
  'data': (Buffer);
  /**
   * The client asked for an answer without the list of the queue.
   */
  'brief': (boolean);
}
