import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { DecisionQuery as _coordinator_DecisionQuery, DecisionQuery__Output as _coordinator_DecisionQuery__Output } from './coordinator/DecisionQuery.ts';
import type { DecisionReply as _coordinator_DecisionReply, DecisionReply__Output as _coordinator_DecisionReply__Output } from './coordinator/DecisionReply.ts';
import type { DecisionServiceClient as _coordinator_DecisionServiceClient, DecisionServiceDefinition as _coordinator_DecisionServiceDefinition } from './coordinator/DecisionService.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  coordinator: {
    Decision: EnumTypeDefinition
    DecisionQuery: MessageTypeDefinition<_coordinator_DecisionQuery, _coordinator_DecisionQuery__Output>
    DecisionReply: MessageTypeDefinition<_coordinator_DecisionReply, _coordinator_DecisionReply__Output>
    /**
     * Tells decisions.
     */
    DecisionService: SubtypeConstructor<typeof grpc.Client, _coordinator_DecisionServiceClient> & { service: _coordinator_DecisionServiceDefinition }
  }
}

