// Original file: admin.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AddLearnerRequest as _admin_AddLearnerRequest, AddLearnerRequest__Output as _admin_AddLearnerRequest__Output } from '../admin/AddLearnerRequest.ts';
import type { MembershipReply as _admin_MembershipReply, MembershipReply__Output as _admin_MembershipReply__Output } from '../admin/MembershipReply.ts';
import type { PromoteRequest as _admin_PromoteRequest, PromoteRequest__Output as _admin_PromoteRequest__Output } from '../admin/PromoteRequest.ts';
import type { RemoveServerRequest as _admin_RemoveServerRequest, RemoveServerRequest__Output as _admin_RemoveServerRequest__Output } from '../admin/RemoveServerRequest.ts';
import type { StatusReply as _admin_StatusReply, StatusReply__Output as _admin_StatusReply__Output } from '../admin/StatusReply.ts';
import type { StatusRequest as _admin_StatusRequest, StatusRequest__Output as _admin_StatusRequest__Output } from '../admin/StatusRequest.ts';
import type { TransferReply as _admin_TransferReply, TransferReply__Output as _admin_TransferReply__Output } from '../admin/TransferReply.ts';
import type { TransferRequest as _admin_TransferRequest, TransferRequest__Output as _admin_TransferRequest__Output } from '../admin/TransferRequest.ts';
import type { WatchReply as _admin_WatchReply, WatchReply__Output as _admin_WatchReply__Output } from '../admin/WatchReply.ts';
import type { WatchRequest as _admin_WatchRequest, WatchRequest__Output as _admin_WatchRequest__Output } from '../admin/WatchRequest.ts';

/**
 * Status of a node, and changes of who is in the cluster and who leads it.
 */
export interface AdminServiceClient extends grpc.Client {
  /**
   * Adds a node that receives the log and does not vote.
   */
  AddLearner(argument: _admin_AddLearnerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_admin_MembershipReply__Output>): grpc.ClientUnaryCall;
  AddLearner(argument: _admin_AddLearnerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_admin_MembershipReply__Output>): grpc.ClientUnaryCall;
  AddLearner(argument: _admin_AddLearnerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_admin_MembershipReply__Output>): grpc.ClientUnaryCall;
  AddLearner(argument: _admin_AddLearnerRequest, callback: grpc.requestCallback<_admin_MembershipReply__Output>): grpc.ClientUnaryCall;
  /**
   * Adds a node that receives the log and does not vote.
   */
  addLearner(argument: _admin_AddLearnerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_admin_MembershipReply__Output>): grpc.ClientUnaryCall;
  addLearner(argument: _admin_AddLearnerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_admin_MembershipReply__Output>): grpc.ClientUnaryCall;
  addLearner(argument: _admin_AddLearnerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_admin_MembershipReply__Output>): grpc.ClientUnaryCall;
  addLearner(argument: _admin_AddLearnerRequest, callback: grpc.requestCallback<_admin_MembershipReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Lets a learner that has caught up vote.
   */
  Promote(argument: _admin_PromoteRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_admin_MembershipReply__Output>): grpc.ClientUnaryCall;
  Promote(argument: _admin_PromoteRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_admin_MembershipReply__Output>): grpc.ClientUnaryCall;
  Promote(argument: _admin_PromoteRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_admin_MembershipReply__Output>): grpc.ClientUnaryCall;
  Promote(argument: _admin_PromoteRequest, callback: grpc.requestCallback<_admin_MembershipReply__Output>): grpc.ClientUnaryCall;
  /**
   * Lets a learner that has caught up vote.
   */
  promote(argument: _admin_PromoteRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_admin_MembershipReply__Output>): grpc.ClientUnaryCall;
  promote(argument: _admin_PromoteRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_admin_MembershipReply__Output>): grpc.ClientUnaryCall;
  promote(argument: _admin_PromoteRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_admin_MembershipReply__Output>): grpc.ClientUnaryCall;
  promote(argument: _admin_PromoteRequest, callback: grpc.requestCallback<_admin_MembershipReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Takes a node out of the cluster.
   */
  RemoveServer(argument: _admin_RemoveServerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_admin_MembershipReply__Output>): grpc.ClientUnaryCall;
  RemoveServer(argument: _admin_RemoveServerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_admin_MembershipReply__Output>): grpc.ClientUnaryCall;
  RemoveServer(argument: _admin_RemoveServerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_admin_MembershipReply__Output>): grpc.ClientUnaryCall;
  RemoveServer(argument: _admin_RemoveServerRequest, callback: grpc.requestCallback<_admin_MembershipReply__Output>): grpc.ClientUnaryCall;
  /**
   * Takes a node out of the cluster.
   */
  removeServer(argument: _admin_RemoveServerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_admin_MembershipReply__Output>): grpc.ClientUnaryCall;
  removeServer(argument: _admin_RemoveServerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_admin_MembershipReply__Output>): grpc.ClientUnaryCall;
  removeServer(argument: _admin_RemoveServerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_admin_MembershipReply__Output>): grpc.ClientUnaryCall;
  removeServer(argument: _admin_RemoveServerRequest, callback: grpc.requestCallback<_admin_MembershipReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * What this node knows of itself and the cluster.
   */
  Status(argument: _admin_StatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_admin_StatusReply__Output>): grpc.ClientUnaryCall;
  Status(argument: _admin_StatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_admin_StatusReply__Output>): grpc.ClientUnaryCall;
  Status(argument: _admin_StatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_admin_StatusReply__Output>): grpc.ClientUnaryCall;
  Status(argument: _admin_StatusRequest, callback: grpc.requestCallback<_admin_StatusReply__Output>): grpc.ClientUnaryCall;
  /**
   * What this node knows of itself and the cluster.
   */
  status(argument: _admin_StatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_admin_StatusReply__Output>): grpc.ClientUnaryCall;
  status(argument: _admin_StatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_admin_StatusReply__Output>): grpc.ClientUnaryCall;
  status(argument: _admin_StatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_admin_StatusReply__Output>): grpc.ClientUnaryCall;
  status(argument: _admin_StatusRequest, callback: grpc.requestCallback<_admin_StatusReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Hands leadership to another node.
   */
  TransferLeadership(argument: _admin_TransferRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_admin_TransferReply__Output>): grpc.ClientUnaryCall;
  TransferLeadership(argument: _admin_TransferRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_admin_TransferReply__Output>): grpc.ClientUnaryCall;
  TransferLeadership(argument: _admin_TransferRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_admin_TransferReply__Output>): grpc.ClientUnaryCall;
  TransferLeadership(argument: _admin_TransferRequest, callback: grpc.requestCallback<_admin_TransferReply__Output>): grpc.ClientUnaryCall;
  /**
   * Hands leadership to another node.
   */
  transferLeadership(argument: _admin_TransferRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_admin_TransferReply__Output>): grpc.ClientUnaryCall;
  transferLeadership(argument: _admin_TransferRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_admin_TransferReply__Output>): grpc.ClientUnaryCall;
  transferLeadership(argument: _admin_TransferRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_admin_TransferReply__Output>): grpc.ClientUnaryCall;
  transferLeadership(argument: _admin_TransferRequest, callback: grpc.requestCallback<_admin_TransferReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * What happens in this node, or in all that it can hear, as it happens. Ends with the call.
   */
  Watch(argument: _admin_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_admin_WatchReply__Output>;
  Watch(argument: _admin_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_admin_WatchReply__Output>;
  /**
   * What happens in this node, or in all that it can hear, as it happens. Ends with the call.
   */
  watch(argument: _admin_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_admin_WatchReply__Output>;
  watch(argument: _admin_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_admin_WatchReply__Output>;
  
}

/**
 * Status of a node, and changes of who is in the cluster and who leads it.
 */
export interface AdminServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Adds a node that receives the log and does not vote.
   */
  AddLearner: grpc.handleUnaryCall<_admin_AddLearnerRequest__Output, _admin_MembershipReply>;
  
  /**
   * Lets a learner that has caught up vote.
   */
  Promote: grpc.handleUnaryCall<_admin_PromoteRequest__Output, _admin_MembershipReply>;
  
  /**
   * Takes a node out of the cluster.
   */
  RemoveServer: grpc.handleUnaryCall<_admin_RemoveServerRequest__Output, _admin_MembershipReply>;
  
  /**
   * What this node knows of itself and the cluster.
   */
  Status: grpc.handleUnaryCall<_admin_StatusRequest__Output, _admin_StatusReply>;
  
  /**
   * Hands leadership to another node.
   */
  TransferLeadership: grpc.handleUnaryCall<_admin_TransferRequest__Output, _admin_TransferReply>;
  
  /**
   * What happens in this node, or in all that it can hear, as it happens. Ends with the call.
   */
  Watch: grpc.handleServerStreamingCall<_admin_WatchRequest__Output, _admin_WatchReply>;
  
}

export interface AdminServiceDefinition extends grpc.ServiceDefinition {
  AddLearner: MethodDefinition<_admin_AddLearnerRequest, _admin_MembershipReply, _admin_AddLearnerRequest__Output, _admin_MembershipReply__Output>
  Promote: MethodDefinition<_admin_PromoteRequest, _admin_MembershipReply, _admin_PromoteRequest__Output, _admin_MembershipReply__Output>
  RemoveServer: MethodDefinition<_admin_RemoveServerRequest, _admin_MembershipReply, _admin_RemoveServerRequest__Output, _admin_MembershipReply__Output>
  Status: MethodDefinition<_admin_StatusRequest, _admin_StatusReply, _admin_StatusRequest__Output, _admin_StatusReply__Output>
  TransferLeadership: MethodDefinition<_admin_TransferRequest, _admin_TransferReply, _admin_TransferRequest__Output, _admin_TransferReply__Output>
  Watch: MethodDefinition<_admin_WatchRequest, _admin_WatchReply, _admin_WatchRequest__Output, _admin_WatchReply__Output>
}
