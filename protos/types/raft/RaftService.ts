// Original file: raft.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AppendArgs as _raft_AppendArgs, AppendArgs__Output as _raft_AppendArgs__Output } from '../raft/AppendArgs.ts';
import type { AppendReply as _raft_AppendReply, AppendReply__Output as _raft_AppendReply__Output } from '../raft/AppendReply.ts';
import type { PeerReply as _raft_PeerReply, PeerReply__Output as _raft_PeerReply__Output } from '../raft/PeerReply.ts';
import type { PeerRequest as _raft_PeerRequest, PeerRequest__Output as _raft_PeerRequest__Output } from '../raft/PeerRequest.ts';
import type { ReadIndexArgs as _raft_ReadIndexArgs, ReadIndexArgs__Output as _raft_ReadIndexArgs__Output } from '../raft/ReadIndexArgs.ts';
import type { ReadIndexReply as _raft_ReadIndexReply, ReadIndexReply__Output as _raft_ReadIndexReply__Output } from '../raft/ReadIndexReply.ts';
import type { SnapshotArgs as _raft_SnapshotArgs, SnapshotArgs__Output as _raft_SnapshotArgs__Output } from '../raft/SnapshotArgs.ts';
import type { SnapshotReply as _raft_SnapshotReply, SnapshotReply__Output as _raft_SnapshotReply__Output } from '../raft/SnapshotReply.ts';
import type { TimeoutNowArgs as _raft_TimeoutNowArgs, TimeoutNowArgs__Output as _raft_TimeoutNowArgs__Output } from '../raft/TimeoutNowArgs.ts';
import type { TimeoutNowReply as _raft_TimeoutNowReply, TimeoutNowReply__Output as _raft_TimeoutNowReply__Output } from '../raft/TimeoutNowReply.ts';
import type { VoteArgs as _raft_VoteArgs, VoteArgs__Output as _raft_VoteArgs__Output } from '../raft/VoteArgs.ts';
import type { VoteReply as _raft_VoteReply, VoteReply__Output as _raft_VoteReply__Output } from '../raft/VoteReply.ts';
import type { WatchArgs as _raft_WatchArgs, WatchArgs__Output as _raft_WatchArgs__Output } from '../raft/WatchArgs.ts';
import type { WatchReply as _raft_WatchReply, WatchReply__Output as _raft_WatchReply__Output } from '../raft/WatchReply.ts';

/**
 * Raft's RPCs.
 */
export interface RaftServiceClient extends grpc.Client {
  /**
   * Replicates entries; without any it is a heartbeat.
   */
  AppendEntries(argument: _raft_AppendArgs, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_raft_AppendReply__Output>): grpc.ClientUnaryCall;
  AppendEntries(argument: _raft_AppendArgs, metadata: grpc.Metadata, callback: grpc.requestCallback<_raft_AppendReply__Output>): grpc.ClientUnaryCall;
  AppendEntries(argument: _raft_AppendArgs, options: grpc.CallOptions, callback: grpc.requestCallback<_raft_AppendReply__Output>): grpc.ClientUnaryCall;
  AppendEntries(argument: _raft_AppendArgs, callback: grpc.requestCallback<_raft_AppendReply__Output>): grpc.ClientUnaryCall;
  /**
   * Replicates entries; without any it is a heartbeat.
   */
  appendEntries(argument: _raft_AppendArgs, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_raft_AppendReply__Output>): grpc.ClientUnaryCall;
  appendEntries(argument: _raft_AppendArgs, metadata: grpc.Metadata, callback: grpc.requestCallback<_raft_AppendReply__Output>): grpc.ClientUnaryCall;
  appendEntries(argument: _raft_AppendArgs, options: grpc.CallOptions, callback: grpc.requestCallback<_raft_AppendReply__Output>): grpc.ClientUnaryCall;
  appendEntries(argument: _raft_AppendArgs, callback: grpc.requestCallback<_raft_AppendReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Added: what two nodes say to each other all the time, on one open stream, where a message costs a
   * fraction of a call. Every request is answered by a reply of its own, in any order, or by none.
   */
  Exchange(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_raft_PeerRequest, _raft_PeerReply__Output>;
  Exchange(options?: grpc.CallOptions): grpc.ClientDuplexStream<_raft_PeerRequest, _raft_PeerReply__Output>;
  /**
   * Added: what two nodes say to each other all the time, on one open stream, where a message costs a
   * fraction of a call. Every request is answered by a reply of its own, in any order, or by none.
   */
  exchange(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_raft_PeerRequest, _raft_PeerReply__Output>;
  exchange(options?: grpc.CallOptions): grpc.ClientDuplexStream<_raft_PeerRequest, _raft_PeerReply__Output>;
  
  /**
   * Added: sends a snapshot in chunks; each chunk is answered with how much is held.
   */
  InstallSnapshot(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_raft_SnapshotArgs, _raft_SnapshotReply__Output>;
  InstallSnapshot(options?: grpc.CallOptions): grpc.ClientDuplexStream<_raft_SnapshotArgs, _raft_SnapshotReply__Output>;
  /**
   * Added: sends a snapshot in chunks; each chunk is answered with how much is held.
   */
  installSnapshot(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_raft_SnapshotArgs, _raft_SnapshotReply__Output>;
  installSnapshot(options?: grpc.CallOptions): grpc.ClientDuplexStream<_raft_SnapshotArgs, _raft_SnapshotReply__Output>;
  
  /**
   * Added: asks the leader up to where a read must have applied.
   */
  ReadIndex(argument: _raft_ReadIndexArgs, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_raft_ReadIndexReply__Output>): grpc.ClientUnaryCall;
  ReadIndex(argument: _raft_ReadIndexArgs, metadata: grpc.Metadata, callback: grpc.requestCallback<_raft_ReadIndexReply__Output>): grpc.ClientUnaryCall;
  ReadIndex(argument: _raft_ReadIndexArgs, options: grpc.CallOptions, callback: grpc.requestCallback<_raft_ReadIndexReply__Output>): grpc.ClientUnaryCall;
  ReadIndex(argument: _raft_ReadIndexArgs, callback: grpc.requestCallback<_raft_ReadIndexReply__Output>): grpc.ClientUnaryCall;
  /**
   * Added: asks the leader up to where a read must have applied.
   */
  readIndex(argument: _raft_ReadIndexArgs, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_raft_ReadIndexReply__Output>): grpc.ClientUnaryCall;
  readIndex(argument: _raft_ReadIndexArgs, metadata: grpc.Metadata, callback: grpc.requestCallback<_raft_ReadIndexReply__Output>): grpc.ClientUnaryCall;
  readIndex(argument: _raft_ReadIndexArgs, options: grpc.CallOptions, callback: grpc.requestCallback<_raft_ReadIndexReply__Output>): grpc.ClientUnaryCall;
  readIndex(argument: _raft_ReadIndexArgs, callback: grpc.requestCallback<_raft_ReadIndexReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Asks for a vote, or with pre_vote whether one would be given.
   */
  RequestVote(argument: _raft_VoteArgs, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_raft_VoteReply__Output>): grpc.ClientUnaryCall;
  RequestVote(argument: _raft_VoteArgs, metadata: grpc.Metadata, callback: grpc.requestCallback<_raft_VoteReply__Output>): grpc.ClientUnaryCall;
  RequestVote(argument: _raft_VoteArgs, options: grpc.CallOptions, callback: grpc.requestCallback<_raft_VoteReply__Output>): grpc.ClientUnaryCall;
  RequestVote(argument: _raft_VoteArgs, callback: grpc.requestCallback<_raft_VoteReply__Output>): grpc.ClientUnaryCall;
  /**
   * Asks for a vote, or with pre_vote whether one would be given.
   */
  requestVote(argument: _raft_VoteArgs, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_raft_VoteReply__Output>): grpc.ClientUnaryCall;
  requestVote(argument: _raft_VoteArgs, metadata: grpc.Metadata, callback: grpc.requestCallback<_raft_VoteReply__Output>): grpc.ClientUnaryCall;
  requestVote(argument: _raft_VoteArgs, options: grpc.CallOptions, callback: grpc.requestCallback<_raft_VoteReply__Output>): grpc.ClientUnaryCall;
  requestVote(argument: _raft_VoteArgs, callback: grpc.requestCallback<_raft_VoteReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Added: asks the receiver to start an election at once.
   */
  TimeoutNow(argument: _raft_TimeoutNowArgs, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_raft_TimeoutNowReply__Output>): grpc.ClientUnaryCall;
  TimeoutNow(argument: _raft_TimeoutNowArgs, metadata: grpc.Metadata, callback: grpc.requestCallback<_raft_TimeoutNowReply__Output>): grpc.ClientUnaryCall;
  TimeoutNow(argument: _raft_TimeoutNowArgs, options: grpc.CallOptions, callback: grpc.requestCallback<_raft_TimeoutNowReply__Output>): grpc.ClientUnaryCall;
  TimeoutNow(argument: _raft_TimeoutNowArgs, callback: grpc.requestCallback<_raft_TimeoutNowReply__Output>): grpc.ClientUnaryCall;
  /**
   * Added: asks the receiver to start an election at once.
   */
  timeoutNow(argument: _raft_TimeoutNowArgs, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_raft_TimeoutNowReply__Output>): grpc.ClientUnaryCall;
  timeoutNow(argument: _raft_TimeoutNowArgs, metadata: grpc.Metadata, callback: grpc.requestCallback<_raft_TimeoutNowReply__Output>): grpc.ClientUnaryCall;
  timeoutNow(argument: _raft_TimeoutNowArgs, options: grpc.CallOptions, callback: grpc.requestCallback<_raft_TimeoutNowReply__Output>): grpc.ClientUnaryCall;
  timeoutNow(argument: _raft_TimeoutNowArgs, callback: grpc.requestCallback<_raft_TimeoutNowReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Added: what happens in the receiver, as it happens, for a node through which somebody watches the
   * cluster. Ends with the call.
   */
  Watch(argument: _raft_WatchArgs, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_raft_WatchReply__Output>;
  Watch(argument: _raft_WatchArgs, options?: grpc.CallOptions): grpc.ClientReadableStream<_raft_WatchReply__Output>;
  /**
   * Added: what happens in the receiver, as it happens, for a node through which somebody watches the
   * cluster. Ends with the call.
   */
  watch(argument: _raft_WatchArgs, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_raft_WatchReply__Output>;
  watch(argument: _raft_WatchArgs, options?: grpc.CallOptions): grpc.ClientReadableStream<_raft_WatchReply__Output>;
  
}

/**
 * Raft's RPCs.
 */
export interface RaftServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Replicates entries; without any it is a heartbeat.
   */
  AppendEntries: grpc.handleUnaryCall<_raft_AppendArgs__Output, _raft_AppendReply>;
  
  /**
   * Added: what two nodes say to each other all the time, on one open stream, where a message costs a
   * fraction of a call. Every request is answered by a reply of its own, in any order, or by none.
   */
  Exchange: grpc.handleBidiStreamingCall<_raft_PeerRequest__Output, _raft_PeerReply>;
  
  /**
   * Added: sends a snapshot in chunks; each chunk is answered with how much is held.
   */
  InstallSnapshot: grpc.handleBidiStreamingCall<_raft_SnapshotArgs__Output, _raft_SnapshotReply>;
  
  /**
   * Added: asks the leader up to where a read must have applied.
   */
  ReadIndex: grpc.handleUnaryCall<_raft_ReadIndexArgs__Output, _raft_ReadIndexReply>;
  
  /**
   * Asks for a vote, or with pre_vote whether one would be given.
   */
  RequestVote: grpc.handleUnaryCall<_raft_VoteArgs__Output, _raft_VoteReply>;
  
  /**
   * Added: asks the receiver to start an election at once.
   */
  TimeoutNow: grpc.handleUnaryCall<_raft_TimeoutNowArgs__Output, _raft_TimeoutNowReply>;
  
  /**
   * Added: what happens in the receiver, as it happens, for a node through which somebody watches the
   * cluster. Ends with the call.
   */
  Watch: grpc.handleServerStreamingCall<_raft_WatchArgs__Output, _raft_WatchReply>;
  
}

export interface RaftServiceDefinition extends grpc.ServiceDefinition {
  AppendEntries: MethodDefinition<_raft_AppendArgs, _raft_AppendReply, _raft_AppendArgs__Output, _raft_AppendReply__Output>
  Exchange: MethodDefinition<_raft_PeerRequest, _raft_PeerReply, _raft_PeerRequest__Output, _raft_PeerReply__Output>
  InstallSnapshot: MethodDefinition<_raft_SnapshotArgs, _raft_SnapshotReply, _raft_SnapshotArgs__Output, _raft_SnapshotReply__Output>
  ReadIndex: MethodDefinition<_raft_ReadIndexArgs, _raft_ReadIndexReply, _raft_ReadIndexArgs__Output, _raft_ReadIndexReply__Output>
  RequestVote: MethodDefinition<_raft_VoteArgs, _raft_VoteReply, _raft_VoteArgs__Output, _raft_VoteReply__Output>
  TimeoutNow: MethodDefinition<_raft_TimeoutNowArgs, _raft_TimeoutNowReply, _raft_TimeoutNowArgs__Output, _raft_TimeoutNowReply__Output>
  Watch: MethodDefinition<_raft_WatchArgs, _raft_WatchReply, _raft_WatchArgs__Output, _raft_WatchReply__Output>
}
