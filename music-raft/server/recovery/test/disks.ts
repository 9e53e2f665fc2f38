import type { FileSystem } from '../../../../common/record-log/file-system.ts'
import { encodeCommand, type Operation } from '../../../queue/command.ts'
import { encodeConfiguration } from '../../../raft/configuration.ts'
import { CONFIG, type Entry, NOOP } from '../../../raft/messages.ts'
import { type RaftConfig, readRaftConfig } from '../../config.ts'
import { writeIdentity } from '../../identity.ts'
import { CLUSTER, Replica } from '../../replica.ts'
import { RaftStorage } from '../../storage/raft-storage.ts'
import { encodeEntry } from '../../wire/entry-codec.ts'

export const OLD_CLUSTER = '00000000-0000-4000-8000-00000000001d'
export const CLIENT = '11111111-1111-4111-8111-111111111111'
export const SEGMENT_BYTES = 4096

const PEERS = [1, 2, 3, 4, 5].map((id) => `${id}=node${id}:50050`).join(',')

export function configOf(directory: string, id = 1): RaftConfig {
  return readRaftConfig({ NODE_ID: String(id), PEERS, DATA_DIR: directory })
}

/** What client 1 asked as its request of this number. */
export function request(requestId: number, operation: Operation): Uint8Array {
  const identity = { clientId: CLIENT, requestId, maxSessions: 100 }
  return encodeCommand({ identity, operation })
}

export function add(id: string): Operation {
  return { kind: 'ADD', id, title: `T ${id}`, artist: 'A', duration: 1, maxTracks: 100 }
}

function entry(index: number, term: number, command: string, data: Uint8Array): Entry {
  const given = { index, term, command, data }
  return { ...given, encoded: encodeEntry(given) }
}

/** The log of a node of five: a queue of four, two played, one voted up, in terms 1 and 3. */
export function exampleLog(): Entry[] {
  const entries: Entry[] = []
  const append = (term: number, command: string, data: Uint8Array) =>
    void entries.push(entry(entries.length + 1, term, command, data))
  append(1, NOOP, new Uint8Array())
  append(1, CLUSTER, Buffer.from(OLD_CLUSTER))
  let requestId = 0
  const ask = (term: number, operation: Operation) => {
    requestId += 1
    append(term, operation.kind, request(requestId, operation))
  }
  for (const id of ['a', 'b', 'c']) ask(1, add(id))
  ask(1, { kind: 'PLAY', maxHistory: 100 })
  append(3, NOOP, new Uint8Array())
  const members = configOf('/any').members
  const learners = [{ id: 6, address: 'node6:50050' }]
  append(3, CONFIG, encodeConfiguration({ voters: members, learners }))
  for (const id of ['d', 'e', 'f']) ask(3, add(id))
  ask(3, { kind: 'PLAY', maxHistory: 100 })
  ask(3, { kind: 'VOTE', id: 'f', up: true })
  return entries
}

export interface DiskOptions {
  readonly fileSystem?: FileSystem
  /** Index of a snapshot; 0: none. The log then begins two entries before its end. */
  readonly snapshotAt?: number
  readonly entries?: readonly Entry[]
  readonly recovering?: number
  /** The configuration of birth names these. */
  readonly voters?: readonly number[]
}

/** Writes what a node that voted in term 4 left behind; the queue as all of the log makes it. */
export async function oldDisk(directory: string, options: DiskOptions = {}): Promise<Replica> {
  const { entries = exampleLog(), snapshotAt = 0, recovering = 0 } = options
  const { fileSystem, voters = [1, 2, 3, 4, 5] } = options
  const parts = fileSystem === undefined ? {} : { fileSystem }
  const open = { directory, segmentBytes: SEGMENT_BYTES, ...parts }
  const { storage } = await RaftStorage.open(open)
  const { members } = configOf(directory)
  const known = members.filter(({ id }) => voters.includes(id))
  const initialConfiguration = { voters: known, learners: [] }
  const replica = new Replica()
  storage.adoptCluster(OLD_CLUSTER)
  const hardState = { currentTerm: 4, votedFor: 2, recovering }
  const nothing = { chunks: [], snapshot: null, discardLog: false, truncateFrom: null }
  await storage.save([{ ...nothing, id: 1, hardState, entries }])
  for (const each of entries) {
    replica.apply(each)
    if (each.index !== snapshotAt) continue
    const { index: lastIncludedIndex, term: lastIncludedTerm } = each
    const point = { lastIncludedIndex, lastIncludedTerm, configuration: initialConfiguration }
    await storage.snapshots.write(point, replica.machine.snapshot().chunks())
    await storage.release(snapshotAt - 2)
  }
  await storage.close()
  const identity = { nodeId: 1, initialConfiguration, lostDisk: false }
  await writeIdentity(directory, identity, fileSystem)
  return replica
}
