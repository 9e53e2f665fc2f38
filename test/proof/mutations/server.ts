import { edit, killedBy, type Mutation, seenBy } from './mutation.ts'

const driver = 'music-raft/server/driver.ts'
const driverTest = 'music-raft/server/driver.test.ts'
const queue = 'music-raft/queue'
const session = `${queue}/test/session.test.ts`

/** The queue state machine, and the shell around the Raft core. */
export const server: readonly Mutation[] = [
  {
    id: 'O5-answer-before-commit',
    story: 'A client hears "Queued" when the leader has taken the entry, not when it is committed.',
    rule: 'A request is answered when its entry is applied, in the term it was taken in.',
    edits: [
      edit(
        'music-raft/server/requests.ts',
        'this.#byIndex.set(index, waiting);',
        'this.#byId.delete(waiting.id); waiting.resolve({ index, outcome: null });',
      ),
    ],
    killer: killedBy('music-raft/server/requests.test.ts', 'done when their entry is applied'),
  },
  {
    id: 'O5-another-entry-answers',
    story: 'A request is called done although another leader’s entry was applied in its place.',
    rule: 'An entry of another term at its place means that it took no effect.',
    edits: [
      edit('music-raft/server/requests.ts', 'if (waiting.place?.term === term)', 'if (term > 0)'),
    ],
    killer: killedBy('music-raft/server/requests.test.ts', 'another entry applied at their place'),
  },
  {
    id: 'O9-driver-sends-before-save',
    story: 'The loop sends votes and confirmations while the save they promise is still under way.',
    rule: 'Save, then send: the order of duty (§3.8).',
    edits: [
      edit(
        driver,
        'this.#saves.push({ save, send: [...send], releaseTo });',
        'for (const message of send) this.#parts.send(message); this.#saves.push({ save, send: [], releaseTo });',
      ),
    ],
    killer: killedBy(driverTest, 'O9 a vote leaves when it is on disk, and not before'),
  },
  {
    id: 'O9-only-in-memory',
    story: 'Term, vote and log are never written: a node that is killed has forgotten everything.',
    rule: 'What is owed to the disk is on it before it is confirmed.',
    edits: [
      edit(
        'music-raft/server/storage/raft-storage.ts',
        'const first = this.#log.nextSequence; await this.#append(records);',
        'const first = this.#log.nextSequence;',
      ),
    ],
    killer: killedBy(
      'music-raft/test/restart.test.ts',
      'one node alone is a cluster, and S9 keeps',
    ),
    also: seenBy(/Durability/),
  },
  {
    id: 'L3-pause-is-caught-up',
    story:
      'After a pause all missed ticks come at once: an election, though a heartbeat is waiting.',
    rule: 'Ticks missed in a pause are missed.',
    edits: [edit(driver, 'i < MOST_TICKS && this.#ticksDue >= 1;', 'this.#ticksDue >= 1;')],
    killer: killedBy('music-raft/server/driver-pause.test.ts', 'L3 a follower that was paused'),
  },
  {
    id: 'L7-bad-timeouts-accepted',
    story: 'An election timeout below the heartbeat is accepted: the cluster never keeps a leader.',
    rule: 'Timeouts that cannot work are refused at start, by name.',
    edits: [edit('music-raft/server/config.ts', 'if (least <= beat) {', 'if (least < 0) {')],
    killer: killedBy('music-raft/server/config.test.ts', 'L7 election timeout below the heartbeat'),
  },
  {
    id: 'S8-log-dropped-before-snapshot',
    story: 'The log is let go while the snapshot that replaces it is still on its way to the disk.',
    rule: 'The log goes when the snapshot that replaces it is on disk; core and loop both see to it.',
    edits: [
      edit(
        'music-raft/raft/node.ts',
        'if (restore === null || ledger.savedIndex < restore.lastIncludedIndex) return null;',
        'if (restore === null) return null;',
      ),
      edit(
        driver,
        'this.#saves.push({ save, send: [...send], releaseTo });',
        'this.#release(releaseTo); this.#saves.push({ save, send: [...send], releaseTo: null });',
      ),
    ],
    killer: killedBy(driverTest, 'S8 the log goes when the snapshot that replaces it is on disk'),
  },
  {
    id: 'R16-retry-applied-twice',
    story: 'A client repeats a request after a timeout, and it takes effect twice.',
    rule: 'A request id is applied once; a repeat gets the first answer.',
    edits: [
      edit(
        `${queue}/queue.ts`,
        'known !== undefined && requestId <= known.requestId',
        'known !== undefined && requestId < known.requestId',
      ),
    ],
    killer: killedBy(session, 'R16 a repeated request takes effect once'),
    also: seenBy(/Exactly-once/),
  },
  {
    id: 'R16-streamed-retry-applied-twice',
    story: 'The last track of a batch is repeated on another stream, and takes effect twice.',
    rule: 'What is repeated, in whatever batch or alone, gets its first answer.',
    edits: [
      edit(
        `${queue}/apply-batch.ts`,
        'known !== undefined && requestId <= known.requestId',
        'known !== undefined && requestId < known.requestId',
      ),
    ],
    killer: killedBy(`${queue}/test/batch.test.ts`, 'R16 a batch half of which is new'),
    also: seenBy(/Exactly-once/),
  },
  {
    id: 'R16-dedupe-lost-in-snapshot',
    story: 'A node restored from a snapshot has forgotten which requests it has answered.',
    rule: 'The sessions are part of the state machine and of its snapshot.',
    edits: [
      edit(
        `${queue}/restore.ts`,
        'return new QueueMachine(this.#state);',
        'while (this.#state.sessions.size > 0) this.#state.sessions.evict(0); return new QueueMachine(this.#state);',
      ),
    ],
    killer: killedBy(session, 'R16 answers are remembered across snapshot and restart'),
  },
  {
    id: 'R17-random-in-apply',
    story: 'Replicas order equal votes by chance: they applied the same log and differ.',
    rule: 'What is applied depends on the log and on nothing else.',
    edits: [
      edit(
        `${queue}/track.ts`,
        'return b.votes - a.votes || a.arrival - b.arrival || a.place - b.place;',
        'return b.votes - a.votes || (a.arrival === b.arrival ? 0 : Math.random() - 0.5);',
      ),
    ],
    killer: killedBy(`${queue}/test/queue.test.ts`, 'queue: an answer lists the first 50'),
    also: seenBy(/State hash/),
  },
  {
    id: 'R17-divergence-unseen',
    story: 'A replica whose state differs from the leader’s is not found out.',
    rule: 'State hashes are compared through the log, and a difference is told.',
    edits: [
      edit(
        'music-raft/server/replica.ts',
        'if (own === undefined || own === leader) return null;',
        'if (own !== leader || own === leader) return null;',
      ),
    ],
    killer: killedBy('music-raft/server/replica.test.ts', 'one other entry is found out'),
  },
]
