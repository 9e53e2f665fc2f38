import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Ack as _Ack, Ack__Output as _Ack__Output } from './Ack.ts';
import type { CoordinatorBatch as _CoordinatorBatch, CoordinatorBatch__Output as _CoordinatorBatch__Output } from './CoordinatorBatch.ts';
import type { CoordinatorMessage as _CoordinatorMessage, CoordinatorMessage__Output as _CoordinatorMessage__Output } from './CoordinatorMessage.ts';
import type { DecisionArgs as _DecisionArgs, DecisionArgs__Output as _DecisionArgs__Output } from './DecisionArgs.ts';
import type { DeleteRequest as _DeleteRequest, DeleteRequest__Output as _DeleteRequest__Output } from './DeleteRequest.ts';
import type { DeleteResponse as _DeleteResponse, DeleteResponse__Output as _DeleteResponse__Output } from './DeleteResponse.ts';
import type { DownloadChunk as _DownloadChunk, DownloadChunk__Output as _DownloadChunk__Output } from './DownloadChunk.ts';
import type { DownloadRequest as _DownloadRequest, DownloadRequest__Output as _DownloadRequest__Output } from './DownloadRequest.ts';
import type { DownloadResponse as _DownloadResponse, DownloadResponse__Output as _DownloadResponse__Output } from './DownloadResponse.ts';
import type { HealthRequest as _HealthRequest, HealthRequest__Output as _HealthRequest__Output } from './HealthRequest.ts';
import type { HealthResponse as _HealthResponse, HealthResponse__Output as _HealthResponse__Output } from './HealthResponse.ts';
import type { InDoubtTransaction as _InDoubtTransaction, InDoubtTransaction__Output as _InDoubtTransaction__Output } from './InDoubtTransaction.ts';
import type { LikeRequest as _LikeRequest, LikeRequest__Output as _LikeRequest__Output } from './LikeRequest.ts';
import type { LikeResponse as _LikeResponse, LikeResponse__Output as _LikeResponse__Output } from './LikeResponse.ts';
import type { ListRequest as _ListRequest, ListRequest__Output as _ListRequest__Output } from './ListRequest.ts';
import type { ListResponse as _ListResponse, ListResponse__Output as _ListResponse__Output } from './ListResponse.ts';
import type { ParticipantBatch as _ParticipantBatch, ParticipantBatch__Output as _ParticipantBatch__Output } from './ParticipantBatch.ts';
import type { ParticipantMessage as _ParticipantMessage, ParticipantMessage__Output as _ParticipantMessage__Output } from './ParticipantMessage.ts';
import type { PictureMetadata as _PictureMetadata, PictureMetadata__Output as _PictureMetadata__Output } from './PictureMetadata.ts';
import type { PictureServiceClient as _PictureServiceClient, PictureServiceDefinition as _PictureServiceDefinition } from './PictureService.ts';
import type { RefusedCall as _RefusedCall, RefusedCall__Output as _RefusedCall__Output } from './RefusedCall.ts';
import type { SearchRequest as _SearchRequest, SearchRequest__Output as _SearchRequest__Output } from './SearchRequest.ts';
import type { SearchResponse as _SearchResponse, SearchResponse__Output as _SearchResponse__Output } from './SearchResponse.ts';
import type { StageChunk as _StageChunk, StageChunk__Output as _StageChunk__Output } from './StageChunk.ts';
import type { StageHeader as _StageHeader, StageHeader__Output as _StageHeader__Output } from './StageHeader.ts';
import type { StageResponse as _StageResponse, StageResponse__Output as _StageResponse__Output } from './StageResponse.ts';
import type { StagedPicture as _StagedPicture, StagedPicture__Output as _StagedPicture__Output } from './StagedPicture.ts';
import type { StatusRequest as _StatusRequest, StatusRequest__Output as _StatusRequest__Output } from './StatusRequest.ts';
import type { StatusResponse as _StatusResponse, StatusResponse__Output as _StatusResponse__Output } from './StatusResponse.ts';
import type { TransactionOrder as _TransactionOrder, TransactionOrder__Output as _TransactionOrder__Output } from './TransactionOrder.ts';
import type { UploadChunk as _UploadChunk, UploadChunk__Output as _UploadChunk__Output } from './UploadChunk.ts';
import type { UploadRequest as _UploadRequest, UploadRequest__Output as _UploadRequest__Output } from './UploadRequest.ts';
import type { UploadResponse as _UploadResponse, UploadResponse__Output as _UploadResponse__Output } from './UploadResponse.ts';
import type { VoteArgs as _VoteArgs, VoteArgs__Output as _VoteArgs__Output } from './VoteArgs.ts';
import type { VoteReply as _VoteReply, VoteReply__Output as _VoteReply__Output } from './VoteReply.ts';
import type { WatchReply as _WatchReply, WatchReply__Output as _WatchReply__Output } from './WatchReply.ts';
import type { WatchRequest as _WatchRequest, WatchRequest__Output as _WatchRequest__Output } from './WatchRequest.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  Ack: MessageTypeDefinition<_Ack, _Ack__Output>
  CoordinatorBatch: MessageTypeDefinition<_CoordinatorBatch, _CoordinatorBatch__Output>
  CoordinatorMessage: MessageTypeDefinition<_CoordinatorMessage, _CoordinatorMessage__Output>
  DecisionArgs: MessageTypeDefinition<_DecisionArgs, _DecisionArgs__Output>
  DeleteRequest: MessageTypeDefinition<_DeleteRequest, _DeleteRequest__Output>
  DeleteResponse: MessageTypeDefinition<_DeleteResponse, _DeleteResponse__Output>
  DownloadChunk: MessageTypeDefinition<_DownloadChunk, _DownloadChunk__Output>
  DownloadRequest: MessageTypeDefinition<_DownloadRequest, _DownloadRequest__Output>
  DownloadResponse: MessageTypeDefinition<_DownloadResponse, _DownloadResponse__Output>
  HealthRequest: MessageTypeDefinition<_HealthRequest, _HealthRequest__Output>
  HealthResponse: MessageTypeDefinition<_HealthResponse, _HealthResponse__Output>
  InDoubtTransaction: MessageTypeDefinition<_InDoubtTransaction, _InDoubtTransaction__Output>
  LikeRequest: MessageTypeDefinition<_LikeRequest, _LikeRequest__Output>
  LikeResponse: MessageTypeDefinition<_LikeResponse, _LikeResponse__Output>
  ListRequest: MessageTypeDefinition<_ListRequest, _ListRequest__Output>
  ListResponse: MessageTypeDefinition<_ListResponse, _ListResponse__Output>
  Operation: EnumTypeDefinition
  ParticipantBatch: MessageTypeDefinition<_ParticipantBatch, _ParticipantBatch__Output>
  ParticipantMessage: MessageTypeDefinition<_ParticipantMessage, _ParticipantMessage__Output>
  PictureMetadata: MessageTypeDefinition<_PictureMetadata, _PictureMetadata__Output>
  /**
   * A picture store that takes part in two-phase commit.
   */
  PictureService: SubtypeConstructor<typeof grpc.Client, _PictureServiceClient> & { service: _PictureServiceDefinition }
  RefusedCall: MessageTypeDefinition<_RefusedCall, _RefusedCall__Output>
  SearchRequest: MessageTypeDefinition<_SearchRequest, _SearchRequest__Output>
  SearchResponse: MessageTypeDefinition<_SearchResponse, _SearchResponse__Output>
  StageChunk: MessageTypeDefinition<_StageChunk, _StageChunk__Output>
  StageHeader: MessageTypeDefinition<_StageHeader, _StageHeader__Output>
  StageResponse: MessageTypeDefinition<_StageResponse, _StageResponse__Output>
  StagedPicture: MessageTypeDefinition<_StagedPicture, _StagedPicture__Output>
  StatusRequest: MessageTypeDefinition<_StatusRequest, _StatusRequest__Output>
  StatusResponse: MessageTypeDefinition<_StatusResponse, _StatusResponse__Output>
  TransactionOrder: MessageTypeDefinition<_TransactionOrder, _TransactionOrder__Output>
  UploadChunk: MessageTypeDefinition<_UploadChunk, _UploadChunk__Output>
  UploadRequest: MessageTypeDefinition<_UploadRequest, _UploadRequest__Output>
  UploadResponse: MessageTypeDefinition<_UploadResponse, _UploadResponse__Output>
  VoteArgs: MessageTypeDefinition<_VoteArgs, _VoteArgs__Output>
  VoteReply: MessageTypeDefinition<_VoteReply, _VoteReply__Output>
  WatchReply: MessageTypeDefinition<_WatchReply, _WatchReply__Output>
  WatchRequest: MessageTypeDefinition<_WatchRequest, _WatchRequest__Output>
}

