// Original file: picture.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { Ack as _Ack, Ack__Output as _Ack__Output } from './Ack.ts';
import type { CoordinatorBatch as _CoordinatorBatch, CoordinatorBatch__Output as _CoordinatorBatch__Output } from './CoordinatorBatch.ts';
import type { DecisionArgs as _DecisionArgs, DecisionArgs__Output as _DecisionArgs__Output } from './DecisionArgs.ts';
import type { DeleteRequest as _DeleteRequest, DeleteRequest__Output as _DeleteRequest__Output } from './DeleteRequest.ts';
import type { DeleteResponse as _DeleteResponse, DeleteResponse__Output as _DeleteResponse__Output } from './DeleteResponse.ts';
import type { DownloadChunk as _DownloadChunk, DownloadChunk__Output as _DownloadChunk__Output } from './DownloadChunk.ts';
import type { DownloadRequest as _DownloadRequest, DownloadRequest__Output as _DownloadRequest__Output } from './DownloadRequest.ts';
import type { DownloadResponse as _DownloadResponse, DownloadResponse__Output as _DownloadResponse__Output } from './DownloadResponse.ts';
import type { HealthRequest as _HealthRequest, HealthRequest__Output as _HealthRequest__Output } from './HealthRequest.ts';
import type { HealthResponse as _HealthResponse, HealthResponse__Output as _HealthResponse__Output } from './HealthResponse.ts';
import type { LikeRequest as _LikeRequest, LikeRequest__Output as _LikeRequest__Output } from './LikeRequest.ts';
import type { LikeResponse as _LikeResponse, LikeResponse__Output as _LikeResponse__Output } from './LikeResponse.ts';
import type { ListRequest as _ListRequest, ListRequest__Output as _ListRequest__Output } from './ListRequest.ts';
import type { ListResponse as _ListResponse, ListResponse__Output as _ListResponse__Output } from './ListResponse.ts';
import type { ParticipantBatch as _ParticipantBatch, ParticipantBatch__Output as _ParticipantBatch__Output } from './ParticipantBatch.ts';
import type { SearchRequest as _SearchRequest, SearchRequest__Output as _SearchRequest__Output } from './SearchRequest.ts';
import type { SearchResponse as _SearchResponse, SearchResponse__Output as _SearchResponse__Output } from './SearchResponse.ts';
import type { StageChunk as _StageChunk, StageChunk__Output as _StageChunk__Output } from './StageChunk.ts';
import type { StageResponse as _StageResponse, StageResponse__Output as _StageResponse__Output } from './StageResponse.ts';
import type { StatusRequest as _StatusRequest, StatusRequest__Output as _StatusRequest__Output } from './StatusRequest.ts';
import type { StatusResponse as _StatusResponse, StatusResponse__Output as _StatusResponse__Output } from './StatusResponse.ts';
import type { UploadChunk as _UploadChunk, UploadChunk__Output as _UploadChunk__Output } from './UploadChunk.ts';
import type { UploadRequest as _UploadRequest, UploadRequest__Output as _UploadRequest__Output } from './UploadRequest.ts';
import type { UploadResponse as _UploadResponse, UploadResponse__Output as _UploadResponse__Output } from './UploadResponse.ts';
import type { VoteArgs as _VoteArgs, VoteArgs__Output as _VoteArgs__Output } from './VoteArgs.ts';
import type { VoteReply as _VoteReply, VoteReply__Output as _VoteReply__Output } from './VoteReply.ts';
import type { WatchReply as _WatchReply, WatchReply__Output as _WatchReply__Output } from './WatchReply.ts';
import type { WatchRequest as _WatchRequest, WatchRequest__Output as _WatchRequest__Output } from './WatchRequest.ts';

/**
 * A picture store that takes part in two-phase commit.
 */
export interface PictureServiceClient extends grpc.Client {
  /**
   * Deletes one picture from this node alone, without a transaction.
   */
  Delete(argument: _DeleteRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_DeleteResponse__Output>): grpc.ClientUnaryCall;
  Delete(argument: _DeleteRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_DeleteResponse__Output>): grpc.ClientUnaryCall;
  Delete(argument: _DeleteRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_DeleteResponse__Output>): grpc.ClientUnaryCall;
  Delete(argument: _DeleteRequest, callback: grpc.requestCallback<_DeleteResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Deletes one picture from this node alone, without a transaction.
   */
  delete(argument: _DeleteRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_DeleteResponse__Output>): grpc.ClientUnaryCall;
  delete(argument: _DeleteRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_DeleteResponse__Output>): grpc.ClientUnaryCall;
  delete(argument: _DeleteRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_DeleteResponse__Output>): grpc.ClientUnaryCall;
  delete(argument: _DeleteRequest, callback: grpc.requestCallback<_DeleteResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Returns a whole picture in one message; larger ones need DownloadStream.
   */
  Download(argument: _DownloadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_DownloadResponse__Output>): grpc.ClientUnaryCall;
  Download(argument: _DownloadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_DownloadResponse__Output>): grpc.ClientUnaryCall;
  Download(argument: _DownloadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_DownloadResponse__Output>): grpc.ClientUnaryCall;
  Download(argument: _DownloadRequest, callback: grpc.requestCallback<_DownloadResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Returns a whole picture in one message; larger ones need DownloadStream.
   */
  download(argument: _DownloadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_DownloadResponse__Output>): grpc.ClientUnaryCall;
  download(argument: _DownloadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_DownloadResponse__Output>): grpc.ClientUnaryCall;
  download(argument: _DownloadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_DownloadResponse__Output>): grpc.ClientUnaryCall;
  download(argument: _DownloadRequest, callback: grpc.requestCallback<_DownloadResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Added: returns a picture in chunks.
   */
  DownloadStream(argument: _DownloadRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_DownloadChunk__Output>;
  DownloadStream(argument: _DownloadRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_DownloadChunk__Output>;
  /**
   * Added: returns a picture in chunks.
   */
  downloadStream(argument: _DownloadRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_DownloadChunk__Output>;
  downloadStream(argument: _DownloadRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_DownloadChunk__Output>;
  
  /**
   * Added: VoteRequest, GlobalCommit and GlobalAbort on one long-lived stream, many in a message.
   * Cheaper than a call each; the calls stay for coordinators that do not know this one.
   */
  Exchange(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_CoordinatorBatch, _ParticipantBatch__Output>;
  Exchange(options?: grpc.CallOptions): grpc.ClientDuplexStream<_CoordinatorBatch, _ParticipantBatch__Output>;
  /**
   * Added: VoteRequest, GlobalCommit and GlobalAbort on one long-lived stream, many in a message.
   * Cheaper than a call each; the calls stay for coordinators that do not know this one.
   */
  exchange(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_CoordinatorBatch, _ParticipantBatch__Output>;
  exchange(options?: grpc.CallOptions): grpc.ClientDuplexStream<_CoordinatorBatch, _ParticipantBatch__Output>;
  
  /**
   * Phase 2: the transaction is aborted. Accepted for transactions never heard of: a VoteRequest
   * that arrives later is then refused.
   */
  GlobalAbort(argument: _DecisionArgs, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_Ack__Output>): grpc.ClientUnaryCall;
  GlobalAbort(argument: _DecisionArgs, metadata: grpc.Metadata, callback: grpc.requestCallback<_Ack__Output>): grpc.ClientUnaryCall;
  GlobalAbort(argument: _DecisionArgs, options: grpc.CallOptions, callback: grpc.requestCallback<_Ack__Output>): grpc.ClientUnaryCall;
  GlobalAbort(argument: _DecisionArgs, callback: grpc.requestCallback<_Ack__Output>): grpc.ClientUnaryCall;
  /**
   * Phase 2: the transaction is aborted. Accepted for transactions never heard of: a VoteRequest
   * that arrives later is then refused.
   */
  globalAbort(argument: _DecisionArgs, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_Ack__Output>): grpc.ClientUnaryCall;
  globalAbort(argument: _DecisionArgs, metadata: grpc.Metadata, callback: grpc.requestCallback<_Ack__Output>): grpc.ClientUnaryCall;
  globalAbort(argument: _DecisionArgs, options: grpc.CallOptions, callback: grpc.requestCallback<_Ack__Output>): grpc.ClientUnaryCall;
  globalAbort(argument: _DecisionArgs, callback: grpc.requestCallback<_Ack__Output>): grpc.ClientUnaryCall;
  
  /**
   * Phase 2: the transaction is committed. The Ack is sent once that is on disk here.
   */
  GlobalCommit(argument: _DecisionArgs, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_Ack__Output>): grpc.ClientUnaryCall;
  GlobalCommit(argument: _DecisionArgs, metadata: grpc.Metadata, callback: grpc.requestCallback<_Ack__Output>): grpc.ClientUnaryCall;
  GlobalCommit(argument: _DecisionArgs, options: grpc.CallOptions, callback: grpc.requestCallback<_Ack__Output>): grpc.ClientUnaryCall;
  GlobalCommit(argument: _DecisionArgs, callback: grpc.requestCallback<_Ack__Output>): grpc.ClientUnaryCall;
  /**
   * Phase 2: the transaction is committed. The Ack is sent once that is on disk here.
   */
  globalCommit(argument: _DecisionArgs, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_Ack__Output>): grpc.ClientUnaryCall;
  globalCommit(argument: _DecisionArgs, metadata: grpc.Metadata, callback: grpc.requestCallback<_Ack__Output>): grpc.ClientUnaryCall;
  globalCommit(argument: _DecisionArgs, options: grpc.CallOptions, callback: grpc.requestCallback<_Ack__Output>): grpc.ClientUnaryCall;
  globalCommit(argument: _DecisionArgs, callback: grpc.requestCallback<_Ack__Output>): grpc.ClientUnaryCall;
  
  /**
   * Says that the node serves.
   */
  Health(argument: _HealthRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_HealthResponse__Output>): grpc.ClientUnaryCall;
  Health(argument: _HealthRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_HealthResponse__Output>): grpc.ClientUnaryCall;
  Health(argument: _HealthRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_HealthResponse__Output>): grpc.ClientUnaryCall;
  Health(argument: _HealthRequest, callback: grpc.requestCallback<_HealthResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Says that the node serves.
   */
  health(argument: _HealthRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_HealthResponse__Output>): grpc.ClientUnaryCall;
  health(argument: _HealthRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_HealthResponse__Output>): grpc.ClientUnaryCall;
  health(argument: _HealthRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_HealthResponse__Output>): grpc.ClientUnaryCall;
  health(argument: _HealthRequest, callback: grpc.requestCallback<_HealthResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Adds one like on this node alone, without a transaction.
   */
  Like(argument: _LikeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_LikeResponse__Output>): grpc.ClientUnaryCall;
  Like(argument: _LikeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_LikeResponse__Output>): grpc.ClientUnaryCall;
  Like(argument: _LikeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_LikeResponse__Output>): grpc.ClientUnaryCall;
  Like(argument: _LikeRequest, callback: grpc.requestCallback<_LikeResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Adds one like on this node alone, without a transaction.
   */
  like(argument: _LikeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_LikeResponse__Output>): grpc.ClientUnaryCall;
  like(argument: _LikeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_LikeResponse__Output>): grpc.ClientUnaryCall;
  like(argument: _LikeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_LikeResponse__Output>): grpc.ClientUnaryCall;
  like(argument: _LikeRequest, callback: grpc.requestCallback<_LikeResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Lists the pictures this node holds, in order of name, one page at a time.
   */
  List(argument: _ListRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ListResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _ListRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ListResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _ListRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ListResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _ListRequest, callback: grpc.requestCallback<_ListResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Lists the pictures this node holds, in order of name, one page at a time.
   */
  list(argument: _ListRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_ListResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _ListRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_ListResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _ListRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_ListResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _ListRequest, callback: grpc.requestCallback<_ListResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Says whether this node holds a picture.
   */
  Search(argument: _SearchRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_SearchResponse__Output>): grpc.ClientUnaryCall;
  Search(argument: _SearchRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_SearchResponse__Output>): grpc.ClientUnaryCall;
  Search(argument: _SearchRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_SearchResponse__Output>): grpc.ClientUnaryCall;
  Search(argument: _SearchRequest, callback: grpc.requestCallback<_SearchResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Says whether this node holds a picture.
   */
  search(argument: _SearchRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_SearchResponse__Output>): grpc.ClientUnaryCall;
  search(argument: _SearchRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_SearchResponse__Output>): grpc.ClientUnaryCall;
  search(argument: _SearchRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_SearchResponse__Output>): grpc.ClientUnaryCall;
  search(argument: _SearchRequest, callback: grpc.requestCallback<_SearchResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Added: brings the bytes of an upload here before the vote on it is asked for.
   */
  Stage(metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_StageResponse__Output>): grpc.ClientWritableStream<_StageChunk>;
  Stage(metadata: grpc.Metadata, callback: grpc.requestCallback<_StageResponse__Output>): grpc.ClientWritableStream<_StageChunk>;
  Stage(options: grpc.CallOptions, callback: grpc.requestCallback<_StageResponse__Output>): grpc.ClientWritableStream<_StageChunk>;
  Stage(callback: grpc.requestCallback<_StageResponse__Output>): grpc.ClientWritableStream<_StageChunk>;
  /**
   * Added: brings the bytes of an upload here before the vote on it is asked for.
   */
  stage(metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_StageResponse__Output>): grpc.ClientWritableStream<_StageChunk>;
  stage(metadata: grpc.Metadata, callback: grpc.requestCallback<_StageResponse__Output>): grpc.ClientWritableStream<_StageChunk>;
  stage(options: grpc.CallOptions, callback: grpc.requestCallback<_StageResponse__Output>): grpc.ClientWritableStream<_StageChunk>;
  stage(callback: grpc.requestCallback<_StageResponse__Output>): grpc.ClientWritableStream<_StageChunk>;
  
  /**
   * Added: what this node holds, and which transactions are in doubt here.
   */
  Status(argument: _StatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_StatusResponse__Output>): grpc.ClientUnaryCall;
  Status(argument: _StatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_StatusResponse__Output>): grpc.ClientUnaryCall;
  Status(argument: _StatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_StatusResponse__Output>): grpc.ClientUnaryCall;
  Status(argument: _StatusRequest, callback: grpc.requestCallback<_StatusResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Added: what this node holds, and which transactions are in doubt here.
   */
  status(argument: _StatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_StatusResponse__Output>): grpc.ClientUnaryCall;
  status(argument: _StatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_StatusResponse__Output>): grpc.ClientUnaryCall;
  status(argument: _StatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_StatusResponse__Output>): grpc.ClientUnaryCall;
  status(argument: _StatusRequest, callback: grpc.requestCallback<_StatusResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Stores one picture on this node alone, without a transaction. Up to 4 MiB in one message.
   */
  Upload(argument: _UploadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_UploadResponse__Output>): grpc.ClientUnaryCall;
  Upload(argument: _UploadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_UploadResponse__Output>): grpc.ClientUnaryCall;
  Upload(argument: _UploadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_UploadResponse__Output>): grpc.ClientUnaryCall;
  Upload(argument: _UploadRequest, callback: grpc.requestCallback<_UploadResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Stores one picture on this node alone, without a transaction. Up to 4 MiB in one message.
   */
  upload(argument: _UploadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_UploadResponse__Output>): grpc.ClientUnaryCall;
  upload(argument: _UploadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_UploadResponse__Output>): grpc.ClientUnaryCall;
  upload(argument: _UploadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_UploadResponse__Output>): grpc.ClientUnaryCall;
  upload(argument: _UploadRequest, callback: grpc.requestCallback<_UploadResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Added: stores one picture on this node alone, in chunks, up to the node's size limit.
   */
  UploadStream(metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_UploadResponse__Output>): grpc.ClientWritableStream<_UploadChunk>;
  UploadStream(metadata: grpc.Metadata, callback: grpc.requestCallback<_UploadResponse__Output>): grpc.ClientWritableStream<_UploadChunk>;
  UploadStream(options: grpc.CallOptions, callback: grpc.requestCallback<_UploadResponse__Output>): grpc.ClientWritableStream<_UploadChunk>;
  UploadStream(callback: grpc.requestCallback<_UploadResponse__Output>): grpc.ClientWritableStream<_UploadChunk>;
  /**
   * Added: stores one picture on this node alone, in chunks, up to the node's size limit.
   */
  uploadStream(metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_UploadResponse__Output>): grpc.ClientWritableStream<_UploadChunk>;
  uploadStream(metadata: grpc.Metadata, callback: grpc.requestCallback<_UploadResponse__Output>): grpc.ClientWritableStream<_UploadChunk>;
  uploadStream(options: grpc.CallOptions, callback: grpc.requestCallback<_UploadResponse__Output>): grpc.ClientWritableStream<_UploadChunk>;
  uploadStream(callback: grpc.requestCallback<_UploadResponse__Output>): grpc.ClientWritableStream<_UploadChunk>;
  
  /**
   * Phase 1: may this transaction commit here? A yes is on disk before it is said.
   */
  VoteRequest(argument: _VoteArgs, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_VoteReply__Output>): grpc.ClientUnaryCall;
  VoteRequest(argument: _VoteArgs, metadata: grpc.Metadata, callback: grpc.requestCallback<_VoteReply__Output>): grpc.ClientUnaryCall;
  VoteRequest(argument: _VoteArgs, options: grpc.CallOptions, callback: grpc.requestCallback<_VoteReply__Output>): grpc.ClientUnaryCall;
  VoteRequest(argument: _VoteArgs, callback: grpc.requestCallback<_VoteReply__Output>): grpc.ClientUnaryCall;
  /**
   * Phase 1: may this transaction commit here? A yes is on disk before it is said.
   */
  voteRequest(argument: _VoteArgs, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_VoteReply__Output>): grpc.ClientUnaryCall;
  voteRequest(argument: _VoteArgs, metadata: grpc.Metadata, callback: grpc.requestCallback<_VoteReply__Output>): grpc.ClientUnaryCall;
  voteRequest(argument: _VoteArgs, options: grpc.CallOptions, callback: grpc.requestCallback<_VoteReply__Output>): grpc.ClientUnaryCall;
  voteRequest(argument: _VoteArgs, callback: grpc.requestCallback<_VoteReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Added: what happens in this node, as it happens. Ends with the call.
   */
  Watch(argument: _WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_WatchReply__Output>;
  Watch(argument: _WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_WatchReply__Output>;
  /**
   * Added: what happens in this node, as it happens. Ends with the call.
   */
  watch(argument: _WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_WatchReply__Output>;
  watch(argument: _WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_WatchReply__Output>;
  
}

/**
 * A picture store that takes part in two-phase commit.
 */
export interface PictureServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Deletes one picture from this node alone, without a transaction.
   */
  Delete: grpc.handleUnaryCall<_DeleteRequest__Output, _DeleteResponse>;
  
  /**
   * Returns a whole picture in one message; larger ones need DownloadStream.
   */
  Download: grpc.handleUnaryCall<_DownloadRequest__Output, _DownloadResponse>;
  
  /**
   * Added: returns a picture in chunks.
   */
  DownloadStream: grpc.handleServerStreamingCall<_DownloadRequest__Output, _DownloadChunk>;
  
  /**
   * Added: VoteRequest, GlobalCommit and GlobalAbort on one long-lived stream, many in a message.
   * Cheaper than a call each; the calls stay for coordinators that do not know this one.
   */
  Exchange: grpc.handleBidiStreamingCall<_CoordinatorBatch__Output, _ParticipantBatch>;
  
  /**
   * Phase 2: the transaction is aborted. Accepted for transactions never heard of: a VoteRequest
   * that arrives later is then refused.
   */
  GlobalAbort: grpc.handleUnaryCall<_DecisionArgs__Output, _Ack>;
  
  /**
   * Phase 2: the transaction is committed. The Ack is sent once that is on disk here.
   */
  GlobalCommit: grpc.handleUnaryCall<_DecisionArgs__Output, _Ack>;
  
  /**
   * Says that the node serves.
   */
  Health: grpc.handleUnaryCall<_HealthRequest__Output, _HealthResponse>;
  
  /**
   * Adds one like on this node alone, without a transaction.
   */
  Like: grpc.handleUnaryCall<_LikeRequest__Output, _LikeResponse>;
  
  /**
   * Lists the pictures this node holds, in order of name, one page at a time.
   */
  List: grpc.handleUnaryCall<_ListRequest__Output, _ListResponse>;
  
  /**
   * Says whether this node holds a picture.
   */
  Search: grpc.handleUnaryCall<_SearchRequest__Output, _SearchResponse>;
  
  /**
   * Added: brings the bytes of an upload here before the vote on it is asked for.
   */
  Stage: grpc.handleClientStreamingCall<_StageChunk__Output, _StageResponse>;
  
  /**
   * Added: what this node holds, and which transactions are in doubt here.
   */
  Status: grpc.handleUnaryCall<_StatusRequest__Output, _StatusResponse>;
  
  /**
   * Stores one picture on this node alone, without a transaction. Up to 4 MiB in one message.
   */
  Upload: grpc.handleUnaryCall<_UploadRequest__Output, _UploadResponse>;
  
  /**
   * Added: stores one picture on this node alone, in chunks, up to the node's size limit.
   */
  UploadStream: grpc.handleClientStreamingCall<_UploadChunk__Output, _UploadResponse>;
  
  /**
   * Phase 1: may this transaction commit here? A yes is on disk before it is said.
   */
  VoteRequest: grpc.handleUnaryCall<_VoteArgs__Output, _VoteReply>;
  
  /**
   * Added: what happens in this node, as it happens. Ends with the call.
   */
  Watch: grpc.handleServerStreamingCall<_WatchRequest__Output, _WatchReply>;
  
}

export interface PictureServiceDefinition extends grpc.ServiceDefinition {
  Delete: MethodDefinition<_DeleteRequest, _DeleteResponse, _DeleteRequest__Output, _DeleteResponse__Output>
  Download: MethodDefinition<_DownloadRequest, _DownloadResponse, _DownloadRequest__Output, _DownloadResponse__Output>
  DownloadStream: MethodDefinition<_DownloadRequest, _DownloadChunk, _DownloadRequest__Output, _DownloadChunk__Output>
  Exchange: MethodDefinition<_CoordinatorBatch, _ParticipantBatch, _CoordinatorBatch__Output, _ParticipantBatch__Output>
  GlobalAbort: MethodDefinition<_DecisionArgs, _Ack, _DecisionArgs__Output, _Ack__Output>
  GlobalCommit: MethodDefinition<_DecisionArgs, _Ack, _DecisionArgs__Output, _Ack__Output>
  Health: MethodDefinition<_HealthRequest, _HealthResponse, _HealthRequest__Output, _HealthResponse__Output>
  Like: MethodDefinition<_LikeRequest, _LikeResponse, _LikeRequest__Output, _LikeResponse__Output>
  List: MethodDefinition<_ListRequest, _ListResponse, _ListRequest__Output, _ListResponse__Output>
  Search: MethodDefinition<_SearchRequest, _SearchResponse, _SearchRequest__Output, _SearchResponse__Output>
  Stage: MethodDefinition<_StageChunk, _StageResponse, _StageChunk__Output, _StageResponse__Output>
  Status: MethodDefinition<_StatusRequest, _StatusResponse, _StatusRequest__Output, _StatusResponse__Output>
  Upload: MethodDefinition<_UploadRequest, _UploadResponse, _UploadRequest__Output, _UploadResponse__Output>
  UploadStream: MethodDefinition<_UploadChunk, _UploadResponse, _UploadChunk__Output, _UploadResponse__Output>
  VoteRequest: MethodDefinition<_VoteArgs, _VoteReply, _VoteArgs__Output, _VoteReply__Output>
  Watch: MethodDefinition<_WatchRequest, _WatchReply, _WatchRequest__Output, _WatchReply__Output>
}
