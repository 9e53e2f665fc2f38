import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLogger } from '../../common/logger.ts'
import type { StatusReply__Output } from '../../protos/types/admin/StatusReply.ts'
import { eventually } from '../../test/child.ts'
import { freePorts } from '../../test/ports.ts'
import { Cluster } from '../client/cluster.ts'
import { askStatus } from '../client/status.ts'
import { failureOf } from '../client/verdict.ts'
import { PLACES, type System, type Timers, type Worker } from './system.ts'

const MAIN = join(import.meta.dirname, '../../../dist/music-raft/server/main.js')
const NODES = [1, 2, 3, 4, 5]
const DEADLINE_MS = 30_000
const REPEAT_AFTER_MS = 50
/** For all nodes of a run: `NODE_ARGUMENTS="--cpu-prof --cpu-prof-dir=profiles" npm run bench -- raft`. */
const nodeArguments = (process.env['NODE_ARGUMENTS'] ?? '').split(' ').filter((word) => word !== '')

export const SHIPPED_TIMERS: Timers = {
  heartbeatMs: 1000,
  electionMinMs: 1500,
  electionMaxMs: 3000,
}

/** The shipped cluster as five processes, their logs in files as a container engine would keep them. */
export class MusicRaft implements System {
  readonly name = 'music-raft'
  readonly version = `Node ${process.version}`
  readonly #channels: Cluster
  readonly #folder: string
  readonly #environments: ReadonlyMap<number, Readonly<Record<string, string>>>
  readonly #children = new Map<number, ChildProcess>()

  private constructor(
    channels: Cluster,
    folder: string,
    environments: ReadonlyMap<number, Readonly<Record<string, string>>>,
  ) {
    this.#channels = channels
    this.#folder = folder
    this.#environments = environments
  }

  static async start(timers: Timers): Promise<MusicRaft> {
    const folder = await mkdtemp(join(tmpdir(), 'bench-raft-'))
    const ports = await freePorts(3 * NODES.length)
    const port = (id: number, kind: number) => ports[(id - 1) * 3 + kind] ?? 0
    const peers = NODES.map((id) => `${id}=127.0.0.1:${port(id, 0)}`).join(',')
    const environments = new Map(
      NODES.map((id) => [
        id,
        {
          PATH: process.env['PATH'] ?? '',
          HOST: '127.0.0.1',
          NODE_ID: String(id),
          PEERS: peers,
          PORT: String(port(id, 1)),
          HTTP_PORT: String(port(id, 2)),
          DATA_DIR: join(folder, `raft-node${id}`),
          HEARTBEAT_INTERVAL_MS: String(timers.heartbeatMs),
          ELECTION_TIMEOUT_MIN_MS: String(timers.electionMinMs),
          ELECTION_TIMEOUT_MAX_MS: String(timers.electionMaxMs),
          // One more than a million fit, the benches of writes before them included.
          MAX_TRACKS: '10000000',
        },
      ]),
    )
    const { log } = createLogger({ node: '0', level: 'silent', format: 'json' })
    const endpoints = NODES.map((id) => ({ id, address: `127.0.0.1:${port(id, 1)}` }))
    const cluster = new MusicRaft(new Cluster(endpoints, log), folder, environments)
    for (const at of PLACES) cluster.launch(at)
    await cluster.settled()
    return cluster
  }

  launch(at: number): void {
    const id = at + 1
    const log = openSync(join(this.#folder, `raft-node${id}.log`), 'a')
    const env = this.#environments.get(id) ?? {}
    const args = [...nodeArguments, MAIN]
    this.#children.set(id, spawn(process.execPath, args, { env, stdio: ['ignore', log, log] }))
    closeSync(log)
  }

  kill(at: number): Promise<void> {
    return this.#end(at + 1, 'SIGKILL')
  }

  pids(): readonly number[] {
    const alive = [...this.#children.values()].filter(
      ({ exitCode, signalCode }) => exitCode === null && signalCode === null,
    )
    return alive.flatMap(({ pid }) => pid ?? [])
  }

  /** Where a node tells its events. */
  httpUrl(at: number): string {
    return `http://127.0.0.1:${this.#environments.get(at + 1)?.['HTTP_PORT']}`
  }

  /** Of every node that answers, by id. */
  async status(): Promise<readonly StatusReply__Output[]> {
    const nodes = await askStatus(this.#channels, 5000)
    return nodes.flatMap(({ status }) => (status === null ? [] : [status]))
  }

  async settled(): Promise<number> {
    let leader = 0
    await eventually(
      'five nodes follow one leader',
      async () => {
        const all = await this.status()
        leader = all.find(({ role }) => role === 'leader')?.id ?? 0
        const applied = new Set(all.map(({ lastApplied }) => lastApplied))
        const together = all.length === NODES.length && applied.size === 1
        return together && all.every(({ leaderId }) => leaderId === leader && leader !== 0)
      },
      120_000,
    )
    return leader - 1
  }

  /**
   * AddTrack, answered without the head of the queue, exactly once. An election on the way makes it
   * slower, as it would for any client that repeats its request.
   */
  async write(at: number, worker: Worker, index: number): Promise<void> {
    const until = performance.now() + DEADLINE_MS
    while (!(await this.tryWrite(at, worker, index))) {
      if (performance.now() > until) throw new Error('no write was acknowledged')
      await sleep(REPEAT_AFTER_MS)
    }
  }

  /** Rejects when it is turned down for another reason than that nobody leads. */
  async tryWrite(at: number, { clientId, name }: Worker, index: number): Promise<boolean> {
    const track = {
      id: `${name}-${index}`,
      title: `A title of middling length, number ${index}`,
      artist: 'An artist with a name',
      duration: 180,
    }
    const metadata = {
      ...{ 'x-client-id': clientId, 'x-request-id': String(index), 'x-answer': 'brief' },
    }
    try {
      const options = { deadlineMs: DEADLINE_MS, metadata }
      const { code, message } = await this.#channels.at(at).queue.unary('AddTrack', track, options)
      // A figure over writes that were turned down would say nothing.
      if (code !== 'APPLIED' && code !== 'NO_LEADER') throw new Error(`${track.id}: ${message}`)
      return code === 'APPLIED'
    } catch (error) {
      if (failureOf(error).verdict === 'refused') throw error
      return false
    }
  }

  /** Of one track that is not there: the reading is measured, not the message. */
  async read(at: number, _worker: Worker, index: number): Promise<void> {
    const { queue } = this.#channels.at(at)
    await queue.unary('GetMetadata', { id: `absent-${index}` }, { deadlineMs: DEADLINE_MS })
  }

  async stop(): Promise<void> {
    this.#channels.close()
    await Promise.all(NODES.map((id) => this.#end(id, 'SIGTERM')))
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #end(id: number, signal: NodeJS.Signals): Promise<void> {
    const child = this.#children.get(id)
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }
}
