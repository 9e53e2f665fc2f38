import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mountDisk, type SmallDisk, whyNoDisks } from '../../../test/disk-mount.ts'
import { freePorts } from '../../../test/ports.ts'
import { RelayMesh } from '../../../test/proof/relay-mesh.ts'
import type { Endpoint } from '../../client/endpoints.ts'
import { Node } from '../cluster.ts'

const SIZE = 5
/** Two log segments, a spare one and snapshots; little enough to be filled in no time. */
const DISK_MEGABYTES = 40
const ENVIRONMENT = {
  ...{ HOST: '127.0.0.1', LOG_FORMAT: 'pretty', LOG_LEVEL: 'warn' },
  HEARTBEAT_INTERVAL_MS: '150',
  ELECTION_TIMEOUT_MIN_MS: '600',
  ELECTION_TIMEOUT_MAX_MS: '1200',
  REQUEST_TIMEOUT_MS: '2500',
  // Often, and with little left before them: whoever was away is sent a snapshot.
  SNAPSHOT_ENTRIES: '300',
  TRAILING_ENTRIES: '50',
}

/**
 * Five members as real processes, a relay on each way between two of them, and for each a small disk of
 * its own where one can be mounted. A node is told the addresses of its relays in its own PEERS.
 */
export class TortureNodes implements AsyncDisposable {
  readonly nodes: readonly Node[]
  readonly mesh: RelayMesh
  /** By node id; empty where none can be mounted. */
  readonly disks = new Map<number, SmallDisk>()
  readonly #folder: string

  private constructor(nodes: readonly Node[], mesh: RelayMesh, folder: string) {
    this.nodes = nodes
    this.mesh = mesh
    this.#folder = folder
  }

  /** Starts the processes; a leader is not waited for. */
  static async start(): Promise<TortureNodes> {
    const mountable = (await whyNoDisks()) === null
    const folder = await mkdtemp(join(tmpdir(), 'music-raft-torture-'))
    const ports = await freePorts(SIZE * 3)
    const members = Array.from({ length: SIZE }, (_, place) => {
      const [client = 0, http = 0, peer = 0] = ports.slice(place * 3)
      return { id: place + 1, name: `raft-node${place + 1}`, client, http, peer }
    })
    const mesh = await RelayMesh.between(
      members.map(({ name }) => name),
      members.map(({ name, peer }) => ({ name, port: peer })),
    )
    const nodes = members.map(({ id, name, client, http, peer }) => {
      const peerAddress = `127.0.0.1:${peer}`
      const addresses = members.map((other) =>
        other.id === id ? `${id}=${peerAddress}` : `${other.id}=${mesh.address(name, other.name)}`,
      )
      const env = { ...ENVIRONMENT, PEERS: addresses.join(','), DISK_ORDERS: orders(folder, id) }
      const main = 'music-raft/test/torture/node-main.js'
      return new Node(id, { client, http, peerAddress }, join(folder, `node${id}`), env, main)
    })
    const all = new TortureNodes(nodes, mesh, folder)
    try {
      for (const { id, child, dataDir } of nodes) {
        if (mountable) all.disks.set(id, await mountDisk(DISK_MEGABYTES))
        child.start({ DATA_DIR: join(all.disks.get(id)?.path ?? dataDir, 'data') })
      }
    } catch (error) {
      await all[Symbol.asyncDispose]()
      throw error
    }
    return all
  }

  get endpoints(): readonly Endpoint[] {
    return this.nodes.map(({ id, port }) => ({ id, address: `127.0.0.1:${port}` }))
  }

  /** Each forced write of the node takes so much longer from now on. */
  async slow(node: Node, delayMs: number): Promise<void> {
    const path = orders(this.#folder, node.id)
    await writeFile(`${path}.new`, String(delayMs))
    await rename(`${path}.new`, path)
  }

  /** Ends everything that any of them suffers. */
  async mend(): Promise<void> {
    this.mesh.heal()
    for (const disk of this.disks.values()) disk.free()
    for (const node of this.nodes) {
      await this.slow(node, 0)
      node.child.signal('SIGCONT')
      if (!node.child.running) node.child.start()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { child } of this.nodes) child.signal('SIGCONT')
    await Promise.all(this.nodes.map(({ child }) => child.running && child.end('SIGKILL')))
    for (const node of this.nodes) node.closeClient()
    await this.mesh.close()
    for (const disk of this.disks.values()) await disk[Symbol.asyncDispose]()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

function orders(folder: string, id: number): string {
  return join(folder, `node${id}.disk`)
}
