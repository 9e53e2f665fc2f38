// Original file: coordinator.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { DecisionQuery as _coordinator_DecisionQuery, DecisionQuery__Output as _coordinator_DecisionQuery__Output } from '../coordinator/DecisionQuery.ts';
import type { DecisionReply as _coordinator_DecisionReply, DecisionReply__Output as _coordinator_DecisionReply__Output } from '../coordinator/DecisionReply.ts';

/**
 * Tells decisions.
 */
export interface DecisionServiceClient extends grpc.Client {
  /**
   * What was decided about a transaction?
   */
  DecisionRequest(argument: _coordinator_DecisionQuery, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_coordinator_DecisionReply__Output>): grpc.ClientUnaryCall;
  DecisionRequest(argument: _coordinator_DecisionQuery, metadata: grpc.Metadata, callback: grpc.requestCallback<_coordinator_DecisionReply__Output>): grpc.ClientUnaryCall;
  DecisionRequest(argument: _coordinator_DecisionQuery, options: grpc.CallOptions, callback: grpc.requestCallback<_coordinator_DecisionReply__Output>): grpc.ClientUnaryCall;
  DecisionRequest(argument: _coordinator_DecisionQuery, callback: grpc.requestCallback<_coordinator_DecisionReply__Output>): grpc.ClientUnaryCall;
  /**
   * What was decided about a transaction?
   */
  decisionRequest(argument: _coordinator_DecisionQuery, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_coordinator_DecisionReply__Output>): grpc.ClientUnaryCall;
  decisionRequest(argument: _coordinator_DecisionQuery, metadata: grpc.Metadata, callback: grpc.requestCallback<_coordinator_DecisionReply__Output>): grpc.ClientUnaryCall;
  decisionRequest(argument: _coordinator_DecisionQuery, options: grpc.CallOptions, callback: grpc.requestCallback<_coordinator_DecisionReply__Output>): grpc.ClientUnaryCall;
  decisionRequest(argument: _coordinator_DecisionQuery, callback: grpc.requestCallback<_coordinator_DecisionReply__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Tells decisions.
 */
export interface DecisionServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * What was decided about a transaction?
   */
  DecisionRequest: grpc.handleUnaryCall<_coordinator_DecisionQuery__Output, _coordinator_DecisionReply>;
  
}

export interface DecisionServiceDefinition extends grpc.ServiceDefinition {
  DecisionRequest: MethodDefinition<_coordinator_DecisionQuery, _coordinator_DecisionReply, _coordinator_DecisionQuery__Output, _coordinator_DecisionReply__Output>
}
