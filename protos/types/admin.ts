import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { AddLearnerRequest as _admin_AddLearnerRequest, AddLearnerRequest__Output as _admin_AddLearnerRequest__Output } from './admin/AddLearnerRequest.ts';
import type { AdminServiceClient as _admin_AdminServiceClient, AdminServiceDefinition as _admin_AdminServiceDefinition } from './admin/AdminService.ts';
import type { Member as _admin_Member, Member__Output as _admin_Member__Output } from './admin/Member.ts';
import type { MembershipReply as _admin_MembershipReply, MembershipReply__Output as _admin_MembershipReply__Output } from './admin/MembershipReply.ts';
import type { PromoteRequest as _admin_PromoteRequest, PromoteRequest__Output as _admin_PromoteRequest__Output } from './admin/PromoteRequest.ts';
import type { RemoveServerRequest as _admin_RemoveServerRequest, RemoveServerRequest__Output as _admin_RemoveServerRequest__Output } from './admin/RemoveServerRequest.ts';
import type { StatusReply as _admin_StatusReply, StatusReply__Output as _admin_StatusReply__Output } from './admin/StatusReply.ts';
import type { StatusRequest as _admin_StatusRequest, StatusRequest__Output as _admin_StatusRequest__Output } from './admin/StatusRequest.ts';
import type { TransferReply as _admin_TransferReply, TransferReply__Output as _admin_TransferReply__Output } from './admin/TransferReply.ts';
import type { TransferRequest as _admin_TransferRequest, TransferRequest__Output as _admin_TransferRequest__Output } from './admin/TransferRequest.ts';
import type { WatchReply as _admin_WatchReply, WatchReply__Output as _admin_WatchReply__Output } from './admin/WatchReply.ts';
import type { WatchRequest as _admin_WatchRequest, WatchRequest__Output as _admin_WatchRequest__Output } from './admin/WatchRequest.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  admin: {
    AddLearnerRequest: MessageTypeDefinition<_admin_AddLearnerRequest, _admin_AddLearnerRequest__Output>
    /**
     * Status of a node, and changes of who is in the cluster and who leads it.
     */
    AdminService: SubtypeConstructor<typeof grpc.Client, _admin_AdminServiceClient> & { service: _admin_AdminServiceDefinition }
    Member: MessageTypeDefinition<_admin_Member, _admin_Member__Output>
    MembershipReply: MessageTypeDefinition<_admin_MembershipReply, _admin_MembershipReply__Output>
    PromoteRequest: MessageTypeDefinition<_admin_PromoteRequest, _admin_PromoteRequest__Output>
    RemoveServerRequest: MessageTypeDefinition<_admin_RemoveServerRequest, _admin_RemoveServerRequest__Output>
    StatusReply: MessageTypeDefinition<_admin_StatusReply, _admin_StatusReply__Output>
    StatusRequest: MessageTypeDefinition<_admin_StatusRequest, _admin_StatusRequest__Output>
    TransferReply: MessageTypeDefinition<_admin_TransferReply, _admin_TransferReply__Output>
    TransferRequest: MessageTypeDefinition<_admin_TransferRequest, _admin_TransferRequest__Output>
    WatchReply: MessageTypeDefinition<_admin_WatchReply, _admin_WatchReply__Output>
    WatchRequest: MessageTypeDefinition<_admin_WatchRequest, _admin_WatchRequest__Output>
  }
}

