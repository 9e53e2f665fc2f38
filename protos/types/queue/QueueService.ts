// Original file: queue.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AddTracksRequest as _queue_AddTracksRequest, AddTracksRequest__Output as _queue_AddTracksRequest__Output } from '../queue/AddTracksRequest.ts';
import type { AddTracksResponse as _queue_AddTracksResponse, AddTracksResponse__Output as _queue_AddTracksResponse__Output } from '../queue/AddTracksResponse.ts';
import type { Empty as _queue_Empty, Empty__Output as _queue_Empty__Output } from '../queue/Empty.ts';
import type { QueueList as _queue_QueueList, QueueList__Output as _queue_QueueList__Output } from '../queue/QueueList.ts';
import type { QueueResponse as _queue_QueueResponse, QueueResponse__Output as _queue_QueueResponse__Output } from '../queue/QueueResponse.ts';
import type { Track as _queue_Track, Track__Output as _queue_Track__Output } from '../queue/Track.ts';
import type { TrackId as _queue_TrackId, TrackId__Output as _queue_TrackId__Output } from '../queue/TrackId.ts';
import type { VoteRequest as _queue_VoteRequest, VoteRequest__Output as _queue_VoteRequest__Output } from '../queue/VoteRequest.ts';

/**
 * The replicated music queue. Any node serves every call.
 */
export interface QueueServiceClient extends grpc.Client {
  /**
   * Puts a track at the end of those with its votes. One already queued stays as it is.
   */
  AddTrack(argument: _queue_Track, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_QueueResponse__Output>): grpc.ClientUnaryCall;
  AddTrack(argument: _queue_Track, metadata: grpc.Metadata, callback: grpc.requestCallback<_queue_QueueResponse__Output>): grpc.ClientUnaryCall;
  AddTrack(argument: _queue_Track, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_QueueResponse__Output>): grpc.ClientUnaryCall;
  AddTrack(argument: _queue_Track, callback: grpc.requestCallback<_queue_QueueResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Puts a track at the end of those with its votes. One already queued stays as it is.
   */
  addTrack(argument: _queue_Track, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_QueueResponse__Output>): grpc.ClientUnaryCall;
  addTrack(argument: _queue_Track, metadata: grpc.Metadata, callback: grpc.requestCallback<_queue_QueueResponse__Output>): grpc.ClientUnaryCall;
  addTrack(argument: _queue_Track, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_QueueResponse__Output>): grpc.ClientUnaryCall;
  addTrack(argument: _queue_Track, callback: grpc.requestCallback<_queue_QueueResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Added: AddTrack for many. The client names itself once, in the metadata `x-client-id`; every track
   * has the request id that `x-request-id` would be, and takes effect once like a call of AddTrack.
   * Tracks are applied in the order of their request ids, and answered so when they are committed.
   * A stream ends with a status that is not OK when a node cannot go on; what is not answered then is
   * sent again, with the same request ids, on a new stream to this or another node. The codes of the
   * trailing metadata `x-error-code` mean what they mean for AddTrack, for all that is not answered.
   */
  AddTracks(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_queue_AddTracksRequest, _queue_AddTracksResponse__Output>;
  AddTracks(options?: grpc.CallOptions): grpc.ClientDuplexStream<_queue_AddTracksRequest, _queue_AddTracksResponse__Output>;
  /**
   * Added: AddTrack for many. The client names itself once, in the metadata `x-client-id`; every track
   * has the request id that `x-request-id` would be, and takes effect once like a call of AddTrack.
   * Tracks are applied in the order of their request ids, and answered so when they are committed.
   * A stream ends with a status that is not OK when a node cannot go on; what is not answered then is
   * sent again, with the same request ids, on a new stream to this or another node. The codes of the
   * trailing metadata `x-error-code` mean what they mean for AddTrack, for all that is not answered.
   */
  addTracks(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_queue_AddTracksRequest, _queue_AddTracksResponse__Output>;
  addTracks(options?: grpc.CallOptions): grpc.ClientDuplexStream<_queue_AddTracksRequest, _queue_AddTracksResponse__Output>;
  
  /**
   * The tracks played, in the order they were played.
   */
  GetHistory(argument: _queue_Empty, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_QueueList__Output>): grpc.ClientUnaryCall;
  GetHistory(argument: _queue_Empty, metadata: grpc.Metadata, callback: grpc.requestCallback<_queue_QueueList__Output>): grpc.ClientUnaryCall;
  GetHistory(argument: _queue_Empty, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_QueueList__Output>): grpc.ClientUnaryCall;
  GetHistory(argument: _queue_Empty, callback: grpc.requestCallback<_queue_QueueList__Output>): grpc.ClientUnaryCall;
  /**
   * The tracks played, in the order they were played.
   */
  getHistory(argument: _queue_Empty, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_QueueList__Output>): grpc.ClientUnaryCall;
  getHistory(argument: _queue_Empty, metadata: grpc.Metadata, callback: grpc.requestCallback<_queue_QueueList__Output>): grpc.ClientUnaryCall;
  getHistory(argument: _queue_Empty, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_QueueList__Output>): grpc.ClientUnaryCall;
  getHistory(argument: _queue_Empty, callback: grpc.requestCallback<_queue_QueueList__Output>): grpc.ClientUnaryCall;
  
  /**
   * One queued track; an empty Track when there is none of this id.
   */
  GetMetadata(argument: _queue_TrackId, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_Track__Output>): grpc.ClientUnaryCall;
  GetMetadata(argument: _queue_TrackId, metadata: grpc.Metadata, callback: grpc.requestCallback<_queue_Track__Output>): grpc.ClientUnaryCall;
  GetMetadata(argument: _queue_TrackId, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_Track__Output>): grpc.ClientUnaryCall;
  GetMetadata(argument: _queue_TrackId, callback: grpc.requestCallback<_queue_Track__Output>): grpc.ClientUnaryCall;
  /**
   * One queued track; an empty Track when there is none of this id.
   */
  getMetadata(argument: _queue_TrackId, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_Track__Output>): grpc.ClientUnaryCall;
  getMetadata(argument: _queue_TrackId, metadata: grpc.Metadata, callback: grpc.requestCallback<_queue_Track__Output>): grpc.ClientUnaryCall;
  getMetadata(argument: _queue_TrackId, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_Track__Output>): grpc.ClientUnaryCall;
  getMetadata(argument: _queue_TrackId, callback: grpc.requestCallback<_queue_Track__Output>): grpc.ClientUnaryCall;
  
  /**
   * The queue in order: votes descending, then arrival.
   */
  GetQueue(argument: _queue_Empty, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_QueueList__Output>): grpc.ClientUnaryCall;
  GetQueue(argument: _queue_Empty, metadata: grpc.Metadata, callback: grpc.requestCallback<_queue_QueueList__Output>): grpc.ClientUnaryCall;
  GetQueue(argument: _queue_Empty, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_QueueList__Output>): grpc.ClientUnaryCall;
  GetQueue(argument: _queue_Empty, callback: grpc.requestCallback<_queue_QueueList__Output>): grpc.ClientUnaryCall;
  /**
   * The queue in order: votes descending, then arrival.
   */
  getQueue(argument: _queue_Empty, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_QueueList__Output>): grpc.ClientUnaryCall;
  getQueue(argument: _queue_Empty, metadata: grpc.Metadata, callback: grpc.requestCallback<_queue_QueueList__Output>): grpc.ClientUnaryCall;
  getQueue(argument: _queue_Empty, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_QueueList__Output>): grpc.ClientUnaryCall;
  getQueue(argument: _queue_Empty, callback: grpc.requestCallback<_queue_QueueList__Output>): grpc.ClientUnaryCall;
  
  /**
   * Moves the head of the queue to the history and returns it; an empty Track when nothing is queued.
   */
  PlayNext(argument: _queue_Empty, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_Track__Output>): grpc.ClientUnaryCall;
  PlayNext(argument: _queue_Empty, metadata: grpc.Metadata, callback: grpc.requestCallback<_queue_Track__Output>): grpc.ClientUnaryCall;
  PlayNext(argument: _queue_Empty, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_Track__Output>): grpc.ClientUnaryCall;
  PlayNext(argument: _queue_Empty, callback: grpc.requestCallback<_queue_Track__Output>): grpc.ClientUnaryCall;
  /**
   * Moves the head of the queue to the history and returns it; an empty Track when nothing is queued.
   */
  playNext(argument: _queue_Empty, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_Track__Output>): grpc.ClientUnaryCall;
  playNext(argument: _queue_Empty, metadata: grpc.Metadata, callback: grpc.requestCallback<_queue_Track__Output>): grpc.ClientUnaryCall;
  playNext(argument: _queue_Empty, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_Track__Output>): grpc.ClientUnaryCall;
  playNext(argument: _queue_Empty, callback: grpc.requestCallback<_queue_Track__Output>): grpc.ClientUnaryCall;
  
  /**
   * Takes a track out of the queue.
   */
  RemoveTrack(argument: _queue_TrackId, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_QueueResponse__Output>): grpc.ClientUnaryCall;
  RemoveTrack(argument: _queue_TrackId, metadata: grpc.Metadata, callback: grpc.requestCallback<_queue_QueueResponse__Output>): grpc.ClientUnaryCall;
  RemoveTrack(argument: _queue_TrackId, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_QueueResponse__Output>): grpc.ClientUnaryCall;
  RemoveTrack(argument: _queue_TrackId, callback: grpc.requestCallback<_queue_QueueResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Takes a track out of the queue.
   */
  removeTrack(argument: _queue_TrackId, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_QueueResponse__Output>): grpc.ClientUnaryCall;
  removeTrack(argument: _queue_TrackId, metadata: grpc.Metadata, callback: grpc.requestCallback<_queue_QueueResponse__Output>): grpc.ClientUnaryCall;
  removeTrack(argument: _queue_TrackId, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_QueueResponse__Output>): grpc.ClientUnaryCall;
  removeTrack(argument: _queue_TrackId, callback: grpc.requestCallback<_queue_QueueResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Adds or takes away one vote, which moves the track.
   */
  VoteTrack(argument: _queue_VoteRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_QueueResponse__Output>): grpc.ClientUnaryCall;
  VoteTrack(argument: _queue_VoteRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_queue_QueueResponse__Output>): grpc.ClientUnaryCall;
  VoteTrack(argument: _queue_VoteRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_QueueResponse__Output>): grpc.ClientUnaryCall;
  VoteTrack(argument: _queue_VoteRequest, callback: grpc.requestCallback<_queue_QueueResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Adds or takes away one vote, which moves the track.
   */
  voteTrack(argument: _queue_VoteRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_QueueResponse__Output>): grpc.ClientUnaryCall;
  voteTrack(argument: _queue_VoteRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_queue_QueueResponse__Output>): grpc.ClientUnaryCall;
  voteTrack(argument: _queue_VoteRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_queue_QueueResponse__Output>): grpc.ClientUnaryCall;
  voteTrack(argument: _queue_VoteRequest, callback: grpc.requestCallback<_queue_QueueResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * The replicated music queue. Any node serves every call.
 */
export interface QueueServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Puts a track at the end of those with its votes. One already queued stays as it is.
   */
  AddTrack: grpc.handleUnaryCall<_queue_Track__Output, _queue_QueueResponse>;
  
  /**
   * Added: AddTrack for many. The client names itself once, in the metadata `x-client-id`; every track
   * has the request id that `x-request-id` would be, and takes effect once like a call of AddTrack.
   * Tracks are applied in the order of their request ids, and answered so when they are committed.
   * A stream ends with a status that is not OK when a node cannot go on; what is not answered then is
   * sent again, with the same request ids, on a new stream to this or another node. The codes of the
   * trailing metadata `x-error-code` mean what they mean for AddTrack, for all that is not answered.
   */
  AddTracks: grpc.handleBidiStreamingCall<_queue_AddTracksRequest__Output, _queue_AddTracksResponse>;
  
  /**
   * The tracks played, in the order they were played.
   */
  GetHistory: grpc.handleUnaryCall<_queue_Empty__Output, _queue_QueueList>;
  
  /**
   * One queued track; an empty Track when there is none of this id.
   */
  GetMetadata: grpc.handleUnaryCall<_queue_TrackId__Output, _queue_Track>;
  
  /**
   * The queue in order: votes descending, then arrival.
   */
  GetQueue: grpc.handleUnaryCall<_queue_Empty__Output, _queue_QueueList>;
  
  /**
   * Moves the head of the queue to the history and returns it; an empty Track when nothing is queued.
   */
  PlayNext: grpc.handleUnaryCall<_queue_Empty__Output, _queue_Track>;
  
  /**
   * Takes a track out of the queue.
   */
  RemoveTrack: grpc.handleUnaryCall<_queue_TrackId__Output, _queue_QueueResponse>;
  
  /**
   * Adds or takes away one vote, which moves the track.
   */
  VoteTrack: grpc.handleUnaryCall<_queue_VoteRequest__Output, _queue_QueueResponse>;
  
}

export interface QueueServiceDefinition extends grpc.ServiceDefinition {
  AddTrack: MethodDefinition<_queue_Track, _queue_QueueResponse, _queue_Track__Output, _queue_QueueResponse__Output>
  AddTracks: MethodDefinition<_queue_AddTracksRequest, _queue_AddTracksResponse, _queue_AddTracksRequest__Output, _queue_AddTracksResponse__Output>
  GetHistory: MethodDefinition<_queue_Empty, _queue_QueueList, _queue_Empty__Output, _queue_QueueList__Output>
  GetMetadata: MethodDefinition<_queue_TrackId, _queue_Track, _queue_TrackId__Output, _queue_Track__Output>
  GetQueue: MethodDefinition<_queue_Empty, _queue_QueueList, _queue_Empty__Output, _queue_QueueList__Output>
  PlayNext: MethodDefinition<_queue_Empty, _queue_Track, _queue_Empty__Output, _queue_Track__Output>
  RemoveTrack: MethodDefinition<_queue_TrackId, _queue_QueueResponse, _queue_TrackId__Output, _queue_QueueResponse__Output>
  VoteTrack: MethodDefinition<_queue_VoteRequest, _queue_QueueResponse, _queue_VoteRequest__Output, _queue_QueueResponse__Output>
}
