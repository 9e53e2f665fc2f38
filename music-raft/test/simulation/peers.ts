import type { InstallSnapshot, Message, NodeId } from '../../raft/messages.ts'
import type { SnapshotBytes } from '../../server/storage/snapshot-store.ts'
import { Peers, type PeersParts } from '../../server/transport/peers.ts'
import type { World } from './world.ts'

/** The other nodes as a simulated one sees them: the product's peers without a wire. */
export class SimulatedPeers extends Peers {
  readonly #parts: PeersParts
  readonly #world: World
  readonly #enter: (run: () => void) => void
  readonly #files = new Map<NodeId, { key: string; bytes: SnapshotBytes }>()
  #sending: Promise<void> = Promise.resolve()

  constructor(parts: PeersParts, world: World, enter: (run: () => void) => void) {
    super(parts)
    this.#parts = parts
    this.#world = world
    this.#enter = enter
  }

  /** An answer of another node, or what a node that left may still say. */
  answered(message: Message, clusterId: string): void {
    const own = this.#parts.clusterId()
    if (clusterId !== '' && own !== '' && clusterId !== own) return
    this.#parts.submit({ kind: 'receive', message })
  }

  override send(message: Message): void {
    this.#enter(() => {
      this.#world.checks.sends(message)
      if (message.type !== 'InstallSnapshot') this.#post(message)
      else this.#sending = this.#sending.then(() => this.#sendChunk(message))
    })
  }

  override async position(id: NodeId, withinMs: number) {
    return new Promise<{ clusterId: string; lastIndex: number } | null>((resolve) => {
      const settle = (found: { clusterId: string; lastIndex: number } | null) =>
        this.#enter(() => resolve(found))
      const { network, scheduler } = this.#world
      const { self } = this.#parts
      const ask = () => {
        const found = this.#world.node(id)?.position() ?? null
        if (found === null) return false
        network.send(
          id,
          self,
          () => {
            settle(found)
            return true
          },
          () => undefined,
        )
        return true
      }
      network.send(self, id, ask, () => undefined)
      scheduler.after(withinMs, () => settle(null))
    })
  }

  override close(): void {}

  #post(message: Message): void {
    const clusterId = this.#parts.clusterId()
    const { from, to } = message
    this.#world.traceMessage(message)
    this.#world.network.send(
      from,
      to,
      () => this.#world.node(to)?.receive(message, clusterId) ?? false,
      () => this.#enter(() => this.#parts.submit({ kind: 'unreachable', peer: to })),
    )
  }

  /** As the product's sender does: the file stays open for as long as a transfer lasts. */
  async #sendChunk(message: InstallSnapshot): Promise<void> {
    const { to, length, offset, snapshot } = message
    const data = Buffer.alloc(length)
    if (length > 0) {
      const bytes = await this.#open(to, snapshot)
      if (bytes === null || (await bytes.readAt(data, offset)) !== length) {
        this.#parts.submit({ kind: 'snapshotUnavailable', peer: to })
        return
      }
    }
    this.#enter(() => this.#post({ ...message, data }))
  }

  async #open(to: NodeId, snapshot: InstallSnapshot['snapshot']): Promise<SnapshotBytes | null> {
    const key = `${snapshot.lastIncludedIndex} ${snapshot.checksum}`
    const known = this.#files.get(to)
    if (known?.key === key) return known.bytes
    await known?.bytes.close()
    this.#files.delete(to)
    const bytes = await this.#parts.openBytes(snapshot)
    if (bytes !== null) this.#files.set(to, { key, bytes })
    return bytes
  }
}
