import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as grpc from '@grpc/grpc-js'
import { loadSync, type PackageDefinition } from '@grpc/proto-loader'
import pino from 'pino'
import { createClient, type RpcClient } from '../../common/rpc-client.ts'
import { plainWording } from '../../common/rpc-log.ts'
import { ERROR_CODE } from '../../common/rpc-server.ts'
import type { PictureServiceDefinition } from '../../protos/types/PictureService.ts'
import { pictureService } from '../shell/wire.ts'
import type { PictureCluster } from './cluster.ts'

/** The messages as the original system declares them, without any field that was added. */
const ORIGINAL = `
syntax = "proto3";
service PictureService {
  rpc Upload(UploadRequest) returns (UploadResponse);
  rpc Search(SearchRequest) returns (SearchResponse);
  rpc Download(DownloadRequest) returns (DownloadResponse);
  rpc Delete(DeleteRequest) returns (DeleteResponse);
  rpc Like(LikeRequest) returns (LikeResponse);
  rpc List(ListRequest) returns (ListResponse);
  rpc Health(HealthRequest) returns (HealthResponse);
  rpc VoteRequest(VoteArgs) returns (VoteReply);
  rpc GlobalCommit(DecisionArgs) returns (Ack);
  rpc GlobalAbort(DecisionArgs) returns (Ack);
}
message UploadRequest { string filename = 1; bytes data = 2; }
message UploadResponse { bool success = 1; string node = 2; }
message SearchRequest { string filename = 1; }
message SearchResponse { bool found = 1; string node = 2; int32 likes = 3; }
message DownloadRequest { string filename = 1; }
message DownloadResponse { bytes data = 1; bool found = 2; }
message DeleteRequest { string filename = 1; }
message DeleteResponse { bool success = 1; }
message LikeRequest { string filename = 1; }
message LikeResponse { bool success = 1; int32 likes = 2; }
message ListRequest {}
message PictureMetadata { int32 likes = 1; string node = 2; }
message ListResponse { map<string, PictureMetadata> pictures = 1; }
message HealthRequest {}
message HealthResponse { string status = 1; string node = 2; }
message VoteArgs { string transaction_id = 1; string coordinator_id = 2; string filename = 3; }
message VoteReply { bool vote_granted = 1; string node_id = 2; }
message DecisionArgs { string transaction_id = 1; string coordinator_id = 2; string filename = 3; }
message Ack { bool success = 1; string node_id = 2; }
`

function load(text: string): PackageDefinition {
  const folder = mkdtempSync(join(tmpdir(), 'original-proto-'))
  try {
    writeFileSync(join(folder, 'picture.proto'), text)
    return loadSync('picture.proto', { includeDirs: [folder], keepCase: true, defaults: true })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const original = load(ORIGINAL)

export type Message = Record<string, unknown>

/** A client that knows a service by its definition alone. */
export class PlainClient {
  readonly #client: grpc.Client
  readonly #definition: PackageDefinition
  readonly #service: string

  constructor(address: string, definition = original, service = 'PictureService') {
    this.#client = new grpc.Client(address, grpc.credentials.createInsecure(), {
      'grpc.max_send_message_length': -1,
      'grpc.max_receive_message_length': -1,
    })
    this.#definition = definition
    this.#service = service
  }

  call(name: string, request: Message = {}, deadlineMs = 10_000): Promise<Message> {
    const method = this.method(name)
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        new grpc.Metadata({ waitForReady: true }),
        { deadline: Date.now() + deadlineMs },
        (error, reply) => (error === null ? resolve(reply as Message) : reject(error)),
      )
    })
  }

  method(name: string): grpc.MethodDefinition<object, object> {
    const service = this.#definition[this.#service] as grpc.ServiceDefinition
    const method = service[name]
    if (method === undefined) throw new Error(`no method ${name}`)
    return method as grpc.MethodDefinition<object, object>
  }

  get raw(): grpc.Client {
    return this.#client
  }

  close(): void {
    this.#client.close()
  }
}

/** A client generated from the original's file, for a participant (0 is grpc-node1). */
export function originalClient(cluster: PictureCluster, index: number): PlainClient {
  return new PlainClient(`127.0.0.1:${cluster.participantPorts[index]}`)
}

/** A client of the whole service as it is now. */
export function fullClient(
  cluster: PictureCluster,
  index: number,
): RpcClient<PictureServiceDefinition> {
  const identity = { log: pino({ level: 'silent' }), node: 'test', peer: `${index}` }
  const address = `127.0.0.1:${cluster.participantPorts[index]}`
  return createClient(pictureService, address, { ...identity, wording: plainWording })
}

/** How a call was refused: gRPC status and our code, for example `NOT_FOUND PICTURE_NOT_FOUND`. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    return `answered ${JSON.stringify(await call)}`
  } catch (error) {
    const { code, metadata } = error as grpc.ServiceError
    const ours = metadata?.get(ERROR_CODE)[0]
    return [grpc.status[code], ...(ours === undefined ? [] : [String(ours)])].join(' ')
  }
}
