import type { ClientDuplexStream } from '@grpc/grpc-js'
import { crc32c } from '@node-rs/crc32'
import type { RpcClient } from '../../../common/rpc-client.ts'
import type { SnapshotArgs } from '../../../protos/types/raft/SnapshotArgs.ts'
import type { SnapshotReply__Output } from '../../../protos/types/raft/SnapshotReply.ts'
import type { Request, SnapshotMetadata } from '../../raft/messages.ts'
import type { SnapshotBytes } from '../storage/snapshot-store.ts'
import { encodeSnapshotChunk, type RaftDefinition } from '../wire/raft-wire.ts'

type Chunk = Extract<Request, { type: 'InstallSnapshot' }>

/** A transfer of which nothing was heard for this long is over; the next chunk opens another. */
const IDLE_MS = 30_000

export interface SnapshotSenderParts {
  readonly client: RpcClient<RaftDefinition>
  clusterId(): string
  openBytes(snapshot: SnapshotMetadata): Promise<SnapshotBytes | null>
  answered(reply: SnapshotReply__Output): void
  /** The stream broke; the core tries again by itself. */
  unreachable(): void
  /** The file is gone: the core starts over with the latest. */
  unavailable(): void
}

/**
 * Sends chunks to one peer over one stream for as long as a transfer lasts. The file stays open, and
 * so readable to the end, when a newer snapshot takes its place.
 */
export class SnapshotSender {
  readonly #parts: SnapshotSenderParts
  #stream: ClientDuplexStream<SnapshotArgs, SnapshotReply__Output> | null = null
  #file: { readonly key: string; readonly handle: SnapshotBytes } | null = null
  #idle: NodeJS.Timeout | null = null
  #sending: Promise<void> = Promise.resolve()

  constructor(parts: SnapshotSenderParts) {
    this.#parts = parts
  }

  send(chunk: Chunk): void {
    this.#sending = this.#sending.then(() => this.#send(chunk))
  }

  close(): void {
    this.#sending = this.#sending.then(() => this.#end())
  }

  async #send(chunk: Chunk): Promise<void> {
    try {
      const data = await this.#bytesOf(chunk)
      if (data === null) {
        this.#parts.unavailable()
        return
      }
      const message = encodeSnapshotChunk(chunk, this.#parts.clusterId(), data, crc32c(data))
      this.#openStream().write(message)
      if (this.#idle !== null) clearTimeout(this.#idle)
      this.#idle = setTimeout(() => this.close(), IDLE_MS).unref()
    } catch {
      await this.#end()
      this.#parts.unavailable()
    }
  }

  async #bytesOf({ snapshot, offset, length }: Chunk): Promise<Buffer | null> {
    if (length === 0) return Buffer.alloc(0)
    const handle = await this.#openFile(snapshot)
    if (handle === null) return null
    const buffer = Buffer.alloc(length)
    return (await handle.readAt(buffer, offset)) === length ? buffer : null
  }

  async #openFile(snapshot: SnapshotMetadata): Promise<SnapshotBytes | null> {
    const key = `${snapshot.lastIncludedIndex} ${snapshot.lastIncludedTerm} ${snapshot.checksum}`
    if (this.#file?.key === key) return this.#file.handle
    await this.#closeFile()
    const handle = await this.#parts.openBytes(snapshot)
    if (handle !== null) this.#file = { key, handle }
    return handle
  }

  #openStream(): ClientDuplexStream<SnapshotArgs, SnapshotReply__Output> {
    if (this.#stream !== null) return this.#stream
    const stream = this.#parts.client.bidirectional('InstallSnapshot', {
      deadlineMs: 24 * 3_600_000, // the transfer's end is told by IDLE_MS, not by its size
    })
    const ended = () => {
      if (this.#stream !== stream) return
      this.#stream = null
      this.#parts.unreachable()
    }
    stream.on('data', (reply: SnapshotReply__Output) => this.#parts.answered(reply))
    stream.on('error', ended)
    stream.on('end', ended)
    this.#stream = stream
    return stream
  }

  async #end(): Promise<void> {
    if (this.#idle !== null) clearTimeout(this.#idle)
    const stream = this.#stream
    this.#stream = null
    stream?.end()
    await this.#closeFile()
  }

  async #closeFile(): Promise<void> {
    const file = this.#file
    this.#file = null
    await file?.handle.close().catch(() => undefined)
  }
}
