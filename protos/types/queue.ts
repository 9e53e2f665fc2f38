import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Empty as _queue_Empty, Empty__Output as _queue_Empty__Output } from './queue/Empty.ts';
import type { QueueList as _queue_QueueList, QueueList__Output as _queue_QueueList__Output } from './queue/QueueList.ts';
import type { QueueResponse as _queue_QueueResponse, QueueResponse__Output as _queue_QueueResponse__Output } from './queue/QueueResponse.ts';
import type { QueueServiceClient as _queue_QueueServiceClient, QueueServiceDefinition as _queue_QueueServiceDefinition } from './queue/QueueService.ts';
import type { Track as _queue_Track, Track__Output as _queue_Track__Output } from './queue/Track.ts';
import type { TrackId as _queue_TrackId, TrackId__Output as _queue_TrackId__Output } from './queue/TrackId.ts';
import type { VoteRequest as _queue_VoteRequest, VoteRequest__Output as _queue_VoteRequest__Output } from './queue/VoteRequest.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  queue: {
    Empty: MessageTypeDefinition<_queue_Empty, _queue_Empty__Output>
    QueueList: MessageTypeDefinition<_queue_QueueList, _queue_QueueList__Output>
    QueueResponse: MessageTypeDefinition<_queue_QueueResponse, _queue_QueueResponse__Output>
    /**
     * The replicated music queue. Any node serves every call.
     */
    QueueService: SubtypeConstructor<typeof grpc.Client, _queue_QueueServiceClient> & { service: _queue_QueueServiceDefinition }
    Track: MessageTypeDefinition<_queue_Track, _queue_Track__Output>
    TrackId: MessageTypeDefinition<_queue_TrackId, _queue_TrackId__Output>
    VoteRequest: MessageTypeDefinition<_queue_VoteRequest, _queue_VoteRequest__Output>
  }
}

