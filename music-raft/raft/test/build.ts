import type { Configuration, Entry, Member, Message, NodeId, Term } from '../messages.ts'
import { RaftNode } from '../node.ts'
import type { Options, Restart } from '../options.ts'
import type { Input, Ready } from '../ready.ts'
import { seeded } from './random.ts'

const text = new TextEncoder()

export function bytes(value: string): Uint8Array {
  return text.encode(value)
}

export function encodeEntry(entry: Pick<Entry, 'term' | 'index' | 'command' | 'data'>): Uint8Array {
  const head = bytes(`${entry.term}.${entry.index} ${entry.command} `)
  const whole = new Uint8Array(head.length + entry.data.length)
  whole.set(head)
  whole.set(entry.data, head.length)
  return whole
}

export function entry(term: Term, index: number, command = 'ADD', data = bytes('x')): Entry {
  return { term, index, command, data, encoded: encodeEntry({ term, index, command, data }) }
}

/** Entries 1, 2, 3 … of the given terms. */
export function log(...terms: Term[]): Entry[] {
  return terms.map((term, i) => entry(term, i + 1))
}

export function member(id: NodeId): Member {
  return { id, address: `n${id}` }
}

export function configuration(
  voters: readonly NodeId[],
  learners: readonly NodeId[] = [],
): Configuration {
  return { voters: voters.map(member), learners: learners.map(member) }
}

/** 1..size */
export function ids(size: number): NodeId[] {
  return Array.from({ length: size }, (_, i) => i + 1)
}

/** Short times, so that a tick means something: heartbeat 1, election 10 to 20 (etcd's). */
export const TEST_TIMES = {
  heartbeatTicks: 1,
  electionTimeoutMinTicks: 10,
  electionTimeoutMaxTicks: 19,
}

export type TestOptions = Partial<Options> & { readonly seed?: number }

export function options(id: NodeId, given: TestOptions = {}) {
  const { seed = id, ...rest } = given
  return { id, random: seeded(seed), encodeEntry, ...TEST_TIMES, ...rest }
}

export interface Start extends TestOptions {
  readonly id?: NodeId
  readonly voters?: readonly NodeId[]
  readonly learners?: readonly NodeId[]
  readonly currentTerm?: Term
  readonly votedFor?: NodeId | null
  readonly entries?: readonly Entry[]
  readonly restart?: Partial<Restart>
}

type Draft<T extends Message['type']> = Omit<
  Extract<Message, { type: T }>,
  'type' | 'from' | 'to' | 'sequence' | 'term'
>

const DRAFTS: { readonly [T in Message['type']]: Draft<T> } = {
  RequestVote: { lastLogIndex: 0, lastLogTerm: 0, preVote: false, leadershipTransfer: false },
  RequestVoteResponse: { preVote: false, voteGranted: true },
  AppendEntries: {
    prevLogIndex: 0,
    prevLogTerm: 0,
    entries: [],
    leaderCommit: 0,
    recoveryNonce: 0,
    recoveryBarrier: 0,
  },
  AppendEntriesResponse: {
    success: true,
    matchIndex: 0,
    conflictIndex: 0,
    conflictTerm: 0,
    recovering: 0,
  },
  InstallSnapshot: {
    snapshot: {
      lastIncludedIndex: 1,
      lastIncludedTerm: 1,
      configuration: configuration([1, 2, 3]),
      size: 0,
      checksum: 0,
    },
    offset: 0,
    length: 0,
    data: null,
    done: false,
  },
  InstallSnapshotResponse: {
    lastIncludedIndex: 1,
    bytesStored: 0,
    installed: false,
    recovering: 0,
  },
  TimeoutNow: {},
  ReadIndex: {},
  ReadIndexResponse: { success: true, readIndex: 0 },
}

type Given<T extends Message['type']> = Partial<Extract<Message, { type: T }>> & {
  readonly from: NodeId
  readonly term: Term
}

/** A message to server 1 with only what matters said. */
export function message<T extends Message['type']>(type: T, given: Given<T>): Message {
  return { type, to: 1, sequence: 1, ...DRAFTS[type], ...given } as unknown as Message
}

export type Sent<T extends Message['type']> = Extract<Message, { type: T }>

/** One server alone: step it, look at what it owes. Its disk is as fast as `ready` is called. */
export class Lone {
  readonly id: NodeId
  readonly node: RaftNode

  constructor(start: Start = {}) {
    const { id = 1, voters = [1, 2, 3], learners = [], entries = [], restart, ...rest } = start
    const { currentTerm, votedFor = null, ...raft } = rest
    this.id = id
    const term = currentTerm ?? entries.at(-1)?.term ?? 0
    this.node = new RaftNode(options(id, raft), {
      hardState: term === 0 ? null : { currentTerm: term, votedFor, recovering: 0 },
      snapshot: null,
      entries,
      initialConfiguration: configuration(voters, learners),
      ...restart,
    })
  }

  step(input: Input): this {
    this.node.step(input)
    return this
  }

  receive<T extends Message['type']>(type: T, given: Given<T>): this {
    return this.step({ kind: 'receive', message: { ...message(type, given), to: this.id } })
  }

  tick(times = 1): this {
    for (let i = 0; i < times; i += 1) this.node.step({ kind: 'tick' })
    return this
  }

  propose(command = 'ADD', data = 'x', requestId = 1): this {
    return this.step({ kind: 'propose', requestId, command, data: bytes(data) })
  }

  /** Everything owed until nothing is: saves and applies as it goes, in one Ready. */
  pay(): Ready {
    let all = NOTHING
    for (let one = this.node.ready(); one !== null; one = this.node.ready()) {
      all = join(all, one)
      if (one.save !== null) this.node.step({ kind: 'saved', id: one.save.id })
      const index = one.apply.at(-1)?.index ?? one.restore?.lastIncludedIndex
      if (index !== undefined) this.node.step({ kind: 'applied', index })
    }
    return all
  }

  /** Pays, and returns the messages of one type. */
  sent<T extends Message['type']>(type: T): Sent<T>[] {
    return messagesOf(this.pay(), type)
  }

  get status() {
    return this.node.status()
  }

  /** Elected by everybody, its no-op sent but not answered. */
  lead(): this {
    this.step({ kind: 'campaign' })
    for (let round = 0; round < 2 && this.status.role !== 'leader'; round += 1) {
      for (const asked of this.sent('RequestVote')) {
        this.receive('RequestVoteResponse', {
          from: asked.to,
          term: asked.term,
          sequence: asked.sequence,
          preVote: asked.preVote,
        })
      }
    }
    return this
  }

  /** Answers every AppendEntries owed, as followers that have it all would, until all is quiet. */
  acknowledge(...from: NodeId[]): this {
    for (let appends = this.sent('AppendEntries'); ; appends = this.sent('AppendEntries')) {
      const mine = appends.filter(({ to }) => from.includes(to))
      if (mine.length === 0) return this
      for (const append of mine) this.accept(append)
    }
  }

  accept(append: Sent<'AppendEntries'>): this {
    const matchIndex = append.prevLogIndex + append.entries.length
    const { to, term, sequence } = append
    return this.receive('AppendEntriesResponse', { from: to, term, sequence, matchIndex })
  }
}

export const NOTHING: Ready = {
  sendNow: [],
  save: null,
  send: [],
  restore: null,
  apply: [],
  answers: [],
  releaseTo: null,
  events: [],
}

function join(a: Ready, b: Ready): Ready {
  const save =
    a.save === null || b.save === null
      ? (b.save ?? a.save)
      : {
          ...b.save,
          hardState: b.save.hardState ?? a.save.hardState,
          chunks: [...a.save.chunks, ...b.save.chunks],
          snapshot: b.save.snapshot ?? a.save.snapshot,
          truncateFrom: b.save.truncateFrom ?? a.save.truncateFrom,
          entries: [...a.save.entries, ...b.save.entries],
        }
  return {
    sendNow: [...a.sendNow, ...b.sendNow],
    save,
    send: [...a.send, ...b.send],
    restore: b.restore ?? a.restore,
    apply: [...a.apply, ...b.apply],
    answers: [...a.answers, ...b.answers],
    releaseTo: b.releaseTo ?? a.releaseTo,
    events: [...a.events, ...b.events],
  }
}

export function messagesOf<T extends Message['type']>(ready: Ready, type: T): Sent<T>[] {
  const ofType = (one: Message): one is Sent<T> => one.type === type
  return [...ready.sendNow, ...ready.send].filter(ofType)
}
