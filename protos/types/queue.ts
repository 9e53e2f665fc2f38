import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { AddTracksRequest as _queue_AddTracksRequest, AddTracksRequest__Output as _queue_AddTracksRequest__Output } from './queue/AddTracksRequest.ts';
import type { AddTracksResponse as _queue_AddTracksResponse, AddTracksResponse__Output as _queue_AddTracksResponse__Output } from './queue/AddTracksResponse.ts';
import type { Empty as _queue_Empty, Empty__Output as _queue_Empty__Output } from './queue/Empty.ts';
import type { NumberedTrack as _queue_NumberedTrack, NumberedTrack__Output as _queue_NumberedTrack__Output } from './queue/NumberedTrack.ts';
import type { QueueList as _queue_QueueList, QueueList__Output as _queue_QueueList__Output } from './queue/QueueList.ts';
import type { QueueResponse as _queue_QueueResponse, QueueResponse__Output as _queue_QueueResponse__Output } from './queue/QueueResponse.ts';
import type { QueueServiceClient as _queue_QueueServiceClient, QueueServiceDefinition as _queue_QueueServiceDefinition } from './queue/QueueService.ts';
import type { Track as _queue_Track, Track__Output as _queue_Track__Output } from './queue/Track.ts';
import type { TrackAnswer as _queue_TrackAnswer, TrackAnswer__Output as _queue_TrackAnswer__Output } from './queue/TrackAnswer.ts';
import type { TrackId as _queue_TrackId, TrackId__Output as _queue_TrackId__Output } from './queue/TrackId.ts';
import type { VoteRequest as _queue_VoteRequest, VoteRequest__Output as _queue_VoteRequest__Output } from './queue/VoteRequest.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  queue: {
    AddTracksRequest: MessageTypeDefinition<_queue_AddTracksRequest, _queue_AddTracksRequest__Output>
    AddTracksResponse: MessageTypeDefinition<_queue_AddTracksResponse, _queue_AddTracksResponse__Output>
    Empty: MessageTypeDefinition<_queue_Empty, _queue_Empty__Output>
    NumberedTrack: MessageTypeDefinition<_queue_NumberedTrack, _queue_NumberedTrack__Output>
    QueueList: MessageTypeDefinition<_queue_QueueList, _queue_QueueList__Output>
    QueueResponse: MessageTypeDefinition<_queue_QueueResponse, _queue_QueueResponse__Output>
    /**
     * The replicated music queue. Any node serves every call.
     */
    QueueService: SubtypeConstructor<typeof grpc.Client, _queue_QueueServiceClient> & { service: _queue_QueueServiceDefinition }
    Track: MessageTypeDefinition<_queue_Track, _queue_Track__Output>
    TrackAnswer: MessageTypeDefinition<_queue_TrackAnswer, _queue_TrackAnswer__Output>
    TrackId: MessageTypeDefinition<_queue_TrackId, _queue_TrackId__Output>
    VoteRequest: MessageTypeDefinition<_queue_VoteRequest, _queue_VoteRequest__Output>
  }
}

