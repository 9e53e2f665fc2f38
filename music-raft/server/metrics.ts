import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { RaftEvent } from '../raft/ready.ts'
import type { NodeStatus } from './status.ts'

const ROLES = ['follower', 'preCandidate', 'candidate', 'leader'] as const

/** What `GET /metrics` tells. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #elections = this.#counter('elections_total', 'Election timeouts of this node.')
  readonly #terms = this.#counter('leaderships_total', 'Terms this node began to lead.')
  readonly #installed = this.#counter('snapshots_installed_total', 'Snapshots taken over.')
  readonly #status: () => NodeStatus

  constructor(status: () => NodeStatus) {
    this.#status = status
    collectDefaultMetrics({ register: this.#registry })
    this.#gauge('term', 'currentTerm.', ({ raft }) => raft.currentTerm)
    this.#gauge('is_leader', '1 on the leader.', ({ raft }) => (raft.role === 'leader' ? 1 : 0))
    this.#gauge('commit_index', 'commitIndex.', ({ raft }) => raft.commitIndex)
    this.#gauge('last_applied', 'lastApplied.', ({ raft }) => raft.lastApplied)
    this.#gauge('first_log_index', 'First index in the log.', ({ raft }) => raft.firstIndex)
    this.#gauge('last_log_index', 'Last index in the log.', ({ raft }) => raft.lastIndex)
    this.#gauge('log_bytes', 'Bytes of the log in memory.', ({ raft }) => raft.logBytes)
    this.#gauge('log_disk_bytes', 'Bytes of the log on disk.', (status) => status.logBytesOnDisk)
    this.#gauge(
      'snapshot_index',
      'Last index of the latest snapshot.',
      ({ raft }) => raft.snapshot?.lastIncludedIndex ?? 0,
    )
    this.#gauge('queue_tracks', 'Tracks queued.', (status) => status.queueLength)
    this.#gauge('history_tracks', 'Tracks in the history.', (status) => status.historyLength)
    this.#gauge('sessions', 'Clients remembered.', (status) => status.sessions)
    this.#gauge('pending_requests', 'Requests under way.', (status) => status.pendingRequests)
    this.#gauge('forced_writes', 'Forced writes of the log.', (status) => status.forcedWrites)
    this.#gauge('ready', '1 when /readyz says so.', ({ ready }) => (ready ? 1 : 0))
    this.#gauge('disk_trouble', '1 while writes are refused for want of disk.', (status) =>
      status.diskTrouble ? 1 : 0,
    )
    this.#gauge('diverged', '1 when the states of the nodes differ.', ({ diverged }) =>
      diverged ? 1 : 0,
    )
    const role = new Gauge({
      name: 'raft_role',
      help: '1 for the present role.',
      labelNames: ['role'],
      registers: [this.#registry],
      collect: (): void => {
        const is = this.#status().raft.role
        for (const each of ROLES) role.set({ role: each }, each === is ? 1 : 0)
      },
    })
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }

  observe(event: RaftEvent): void {
    if (event.kind === 'electionTimeout') this.#elections.inc()
    else if (event.kind === 'becameLeader') this.#terms.inc()
    else if (event.kind === 'snapshotInstalled') this.#installed.inc()
  }

  #counter(name: string, help: string): Counter {
    return new Counter({ name: `raft_${name}`, help, registers: [this.#registry] })
  }

  #gauge(name: string, help: string, read: (status: NodeStatus) => number): void {
    const gauge: Gauge = new Gauge({
      name: `raft_${name}`,
      help,
      registers: [this.#registry],
      collect: (): void => gauge.set(read(this.#status())),
    })
  }
}
