// Original file: admin.proto

import type { Member as _admin_Member, Member__Output as _admin_Member__Output } from '../admin/Member.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * What a node knows.
 */
export interface StatusReply {
  /**
   * Its id.
   */
  'id'?: (number | string | Long);
  /**
   * follower, preCandidate, candidate or leader.
   */
  'role'?: (string);
  /**
   * currentTerm.
   */
  'term'?: (number | string | Long);
  /**
   * votedFor in this term; 0: nobody.
   */
  'votedFor'?: (number | string | Long);
  /**
   * The leader, if known; else 0.
   */
  'leaderId'?: (number | string | Long);
  /**
   * commitIndex.
   */
  'commitIndex'?: (number | string | Long);
  /**
   * lastApplied.
   */
  'lastApplied'?: (number | string | Long);
  /**
   * First index still in the log.
   */
  'firstLogIndex'?: (number | string | Long);
  /**
   * Last index in the log.
   */
  'lastLogIndex'?: (number | string | Long);
  /**
   * Last index the latest snapshot covers; 0: none.
   */
  'snapshotIndex'?: (number | string | Long);
  /**
   * The members, by id.
   */
  'members'?: (_admin_Member)[];
  /**
   * Tracks queued, as applied here.
   */
  'queueLength'?: (number | string | Long);
  /**
   * Hash of the applied state at last_applied, hexadecimal.
   */
  'stateHash'?: (string);
  /**
   * CPU time of the process, microseconds.
   */
  'cpuMicros'?: (number | string | Long);
  /**
   * Resident memory of the process, bytes.
   */
  'residentBytes'?: (number | string | Long);
  /**
   * Whether the node refuses writes because its disk is full or stuck.
   */
  'diskTrouble'?: (boolean);
  /**
   * Identifies the cluster.
   */
  'clusterId'?: (string);
}

/**
 * What a node knows.
 */
export interface StatusReply__Output {
  /**
   * Its id.
   */
  'id': (number);
  /**
   * follower, preCandidate, candidate or leader.
   */
  'role': (string);
  /**
   * currentTerm.
   */
  'term': (number);
  /**
   * votedFor in this term; 0: nobody.
   */
  'votedFor': (number);
  /**
   * The leader, if known; else 0.
   */
  'leaderId': (number);
  /**
   * commitIndex.
   */
  'commitIndex': (number);
  /**
   * lastApplied.
   */
  'lastApplied': (number);
  /**
   * First index still in the log.
   */
  'firstLogIndex': (number);
  /**
   * Last index in the log.
   */
  'lastLogIndex': (number);
  /**
   * Last index the latest snapshot covers; 0: none.
   */
  'snapshotIndex': (number);
  /**
   * The members, by id.
   */
  'members': (_admin_Member__Output)[];
  /**
   * Tracks queued, as applied here.
   */
  'queueLength': (number);
  /**
   * Hash of the applied state at last_applied, hexadecimal.
   */
  'stateHash': (string);
  /**
   * CPU time of the process, microseconds.
   */
  'cpuMicros': (number);
  /**
   * Resident memory of the process, bytes.
   */
  'residentBytes': (number);
  /**
   * Whether the node refuses writes because its disk is full or stuck.
   */
  'diskTrouble': (boolean);
  /**
   * Identifies the cluster.
   */
  'clusterId': (string);
}
