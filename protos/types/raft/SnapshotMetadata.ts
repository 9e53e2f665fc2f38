// Original file: raft.proto

import type { Configuration as _raft_Configuration, Configuration__Output as _raft_Configuration__Output } from '../raft/Configuration.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Added: what is known of a snapshot without its bytes.
 */
export interface SnapshotMetadata {
  /**
   * Index of the last entry it covers.
   */
  'lastIncludedIndex'?: (number | string | Long);
  /**
   * Term of that entry.
   */
  'lastIncludedTerm'?: (number | string | Long);
  /**
   * The configuration as of that entry.
   */
  'configuration'?: (_raft_Configuration | null);
  /**
   * Bytes.
   */
  'size'?: (number | string | Long);
  /**
   * CRC32C of the bytes.
   */
  'checksum'?: (number | string | Long);
}

/**
 * Added: what is known of a snapshot without its bytes.
 */
export interface SnapshotMetadata__Output {
  /**
   * Index of the last entry it covers.
   */
  'lastIncludedIndex': (number);
  /**
   * Term of that entry.
   */
  'lastIncludedTerm': (number);
  /**
   * The configuration as of that entry.
   */
  'configuration': (_raft_Configuration__Output | null);
  /**
   * Bytes.
   */
  'size': (number);
  /**
   * CRC32C of the bytes.
   */
  'checksum': (number);
}
