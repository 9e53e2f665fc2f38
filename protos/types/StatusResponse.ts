// Original file: picture.proto

import type { InDoubtTransaction as _InDoubtTransaction, InDoubtTransaction__Output as _InDoubtTransaction__Output } from './InDoubtTransaction.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * What the node holds.
 */
export interface StatusResponse {
  /**
   * The node that answers.
   */
  'node'?: (string);
  /**
   * Number of pictures.
   */
  'pictures'?: (number);
  /**
   * Oldest first, at most 1,000.
   */
  'inDoubt'?: (_InDoubtTransaction)[];
  /**
   * Number of transactions in doubt, listed or not.
   */
  'inDoubtTotal'?: (number);
  /**
   * Forced writes of the vote log since the process started.
   */
  'forcedWrites'?: (number | string | Long);
  /**
   * CPU time of the process, microseconds.
   */
  'cpuMicros'?: (number | string | Long);
  /**
   * Resident memory of the process, bytes.
   */
  'residentBytes'?: (number | string | Long);
  /**
   * Whether the node refuses work that needs disk space.
   */
  'diskFull'?: (boolean);
}

/**
 * What the node holds.
 */
export interface StatusResponse__Output {
  /**
   * The node that answers.
   */
  'node': (string);
  /**
   * Number of pictures.
   */
  'pictures': (number);
  /**
   * Oldest first, at most 1,000.
   */
  'inDoubt': (_InDoubtTransaction__Output)[];
  /**
   * Number of transactions in doubt, listed or not.
   */
  'inDoubtTotal': (number);
  /**
   * Forced writes of the vote log since the process started.
   */
  'forcedWrites': (number);
  /**
   * CPU time of the process, microseconds.
   */
  'cpuMicros': (number);
  /**
   * Resident memory of the process, bytes.
   */
  'residentBytes': (number);
  /**
   * Whether the node refuses work that needs disk space.
   */
  'diskFull': (boolean);
}
