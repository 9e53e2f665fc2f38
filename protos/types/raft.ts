import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { AppendArgs as _raft_AppendArgs, AppendArgs__Output as _raft_AppendArgs__Output } from './raft/AppendArgs.ts';
import type { AppendReply as _raft_AppendReply, AppendReply__Output as _raft_AppendReply__Output } from './raft/AppendReply.ts';
import type { Configuration as _raft_Configuration, Configuration__Output as _raft_Configuration__Output } from './raft/Configuration.ts';
import type { Envelope as _raft_Envelope, Envelope__Output as _raft_Envelope__Output } from './raft/Envelope.ts';
import type { ForwardedReply as _raft_ForwardedReply, ForwardedReply__Output as _raft_ForwardedReply__Output } from './raft/ForwardedReply.ts';
import type { ForwardedWrite as _raft_ForwardedWrite, ForwardedWrite__Output as _raft_ForwardedWrite__Output } from './raft/ForwardedWrite.ts';
import type { LogEntry as _raft_LogEntry, LogEntry__Output as _raft_LogEntry__Output } from './raft/LogEntry.ts';
import type { Member as _raft_Member, Member__Output as _raft_Member__Output } from './raft/Member.ts';
import type { PeerReply as _raft_PeerReply, PeerReply__Output as _raft_PeerReply__Output } from './raft/PeerReply.ts';
import type { PeerRequest as _raft_PeerRequest, PeerRequest__Output as _raft_PeerRequest__Output } from './raft/PeerRequest.ts';
import type { RaftServiceClient as _raft_RaftServiceClient, RaftServiceDefinition as _raft_RaftServiceDefinition } from './raft/RaftService.ts';
import type { ReadIndexArgs as _raft_ReadIndexArgs, ReadIndexArgs__Output as _raft_ReadIndexArgs__Output } from './raft/ReadIndexArgs.ts';
import type { ReadIndexReply as _raft_ReadIndexReply, ReadIndexReply__Output as _raft_ReadIndexReply__Output } from './raft/ReadIndexReply.ts';
import type { SnapshotArgs as _raft_SnapshotArgs, SnapshotArgs__Output as _raft_SnapshotArgs__Output } from './raft/SnapshotArgs.ts';
import type { SnapshotMetadata as _raft_SnapshotMetadata, SnapshotMetadata__Output as _raft_SnapshotMetadata__Output } from './raft/SnapshotMetadata.ts';
import type { SnapshotReply as _raft_SnapshotReply, SnapshotReply__Output as _raft_SnapshotReply__Output } from './raft/SnapshotReply.ts';
import type { TimeoutNowArgs as _raft_TimeoutNowArgs, TimeoutNowArgs__Output as _raft_TimeoutNowArgs__Output } from './raft/TimeoutNowArgs.ts';
import type { TimeoutNowReply as _raft_TimeoutNowReply, TimeoutNowReply__Output as _raft_TimeoutNowReply__Output } from './raft/TimeoutNowReply.ts';
import type { VoteArgs as _raft_VoteArgs, VoteArgs__Output as _raft_VoteArgs__Output } from './raft/VoteArgs.ts';
import type { VoteReply as _raft_VoteReply, VoteReply__Output as _raft_VoteReply__Output } from './raft/VoteReply.ts';
import type { WatchArgs as _raft_WatchArgs, WatchArgs__Output as _raft_WatchArgs__Output } from './raft/WatchArgs.ts';
import type { WatchReply as _raft_WatchReply, WatchReply__Output as _raft_WatchReply__Output } from './raft/WatchReply.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  raft: {
    AppendArgs: MessageTypeDefinition<_raft_AppendArgs, _raft_AppendArgs__Output>
    AppendReply: MessageTypeDefinition<_raft_AppendReply, _raft_AppendReply__Output>
    Configuration: MessageTypeDefinition<_raft_Configuration, _raft_Configuration__Output>
    Envelope: MessageTypeDefinition<_raft_Envelope, _raft_Envelope__Output>
    ForwardedReply: MessageTypeDefinition<_raft_ForwardedReply, _raft_ForwardedReply__Output>
    ForwardedWrite: MessageTypeDefinition<_raft_ForwardedWrite, _raft_ForwardedWrite__Output>
    LogEntry: MessageTypeDefinition<_raft_LogEntry, _raft_LogEntry__Output>
    Member: MessageTypeDefinition<_raft_Member, _raft_Member__Output>
    PeerReply: MessageTypeDefinition<_raft_PeerReply, _raft_PeerReply__Output>
    PeerRequest: MessageTypeDefinition<_raft_PeerRequest, _raft_PeerRequest__Output>
    /**
     * Raft's RPCs.
     */
    RaftService: SubtypeConstructor<typeof grpc.Client, _raft_RaftServiceClient> & { service: _raft_RaftServiceDefinition }
    ReadIndexArgs: MessageTypeDefinition<_raft_ReadIndexArgs, _raft_ReadIndexArgs__Output>
    ReadIndexReply: MessageTypeDefinition<_raft_ReadIndexReply, _raft_ReadIndexReply__Output>
    SnapshotArgs: MessageTypeDefinition<_raft_SnapshotArgs, _raft_SnapshotArgs__Output>
    SnapshotMetadata: MessageTypeDefinition<_raft_SnapshotMetadata, _raft_SnapshotMetadata__Output>
    SnapshotReply: MessageTypeDefinition<_raft_SnapshotReply, _raft_SnapshotReply__Output>
    TimeoutNowArgs: MessageTypeDefinition<_raft_TimeoutNowArgs, _raft_TimeoutNowArgs__Output>
    TimeoutNowReply: MessageTypeDefinition<_raft_TimeoutNowReply, _raft_TimeoutNowReply__Output>
    VoteArgs: MessageTypeDefinition<_raft_VoteArgs, _raft_VoteArgs__Output>
    VoteReply: MessageTypeDefinition<_raft_VoteReply, _raft_VoteReply__Output>
    WatchArgs: MessageTypeDefinition<_raft_WatchArgs, _raft_WatchArgs__Output>
    WatchReply: MessageTypeDefinition<_raft_WatchReply, _raft_WatchReply__Output>
  }
}

