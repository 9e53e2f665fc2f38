// Original file: raft.proto

import type { Envelope as _raft_Envelope, Envelope__Output as _raft_Envelope__Output } from '../raft/Envelope.ts';
import type { SnapshotMetadata as _raft_SnapshotMetadata, SnapshotMetadata__Output as _raft_SnapshotMetadata__Output } from '../raft/SnapshotMetadata.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Added: a chunk of a snapshot.
 */
export interface SnapshotArgs {
  /**
   * The leader's term.
   */
  'term'?: (number | string | Long);
  /**
   * Who sends this to whom.
   */
  'envelope'?: (_raft_Envelope | null);
  /**
   * The snapshot it is part of.
   */
  'snapshot'?: (_raft_SnapshotMetadata | null);
  /**
   * Where the bytes belong.
   */
  'offset'?: (number | string | Long);
  /**
   * The bytes, at most 256 KiB.
   */
  'data'?: (Buffer | Uint8Array | string);
  /**
   * Whether these are the last.
   */
  'done'?: (boolean);
  /**
   * CRC32C of the bytes of this chunk.
   */
  'chunkChecksum'?: (number | string | Long);
}

/**
 * Added: a chunk of a snapshot.
 */
export interface SnapshotArgs__Output {
  /**
   * The leader's term.
   */
  'term': (number);
  /**
   * Who sends this to whom.
   */
  'envelope': (_raft_Envelope__Output | null);
  /**
   * The snapshot it is part of.
   */
  'snapshot': (_raft_SnapshotMetadata__Output | null);
  /**
   * Where the bytes belong.
   */
  'offset': (number);
  /**
   * The bytes, at most 256 KiB.
   */
  'data': (Buffer);
  /**
   * Whether these are the last.
   */
  'done': (boolean);
  /**
   * CRC32C of the bytes of this chunk.
   */
  'chunkChecksum': (number);
}
