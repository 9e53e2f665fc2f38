// Original file: coordinator.proto

import type { Decision as _coordinator_Decision, Decision__Output as _coordinator_Decision__Output } from '../coordinator/Decision.ts';

/**
 * The answer.
 */
export interface DecisionReply {
  /**
   * What is known.
   */
  'decision'?: (_coordinator_Decision);
  /**
   * The node that answers.
   */
  'nodeId'?: (string);
}

/**
 * The answer.
 */
export interface DecisionReply__Output {
  /**
   * What is known.
   */
  'decision': (_coordinator_Decision__Output);
  /**
   * The node that answers.
   */
  'nodeId': (string);
}
