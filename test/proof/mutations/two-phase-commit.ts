import { edit, killedBy, type Mutation } from './mutation.ts'

const coordinator = 'picture-2pc/protocol/coordinator.ts'
const participant = 'picture-2pc/protocol/participant.ts'
const simulation = 'picture-2pc/test/simulation/simulation.test.ts'
const seeds = 'clusters by seed'
const participantTest = 'picture-2pc/protocol/participant.test.ts'
const coordinatorTest = 'picture-2pc/protocol/coordinator.test.ts'

const forcedPrepare = "this.#record('force', { type: 'prepare', transaction });"

/** Two-phase commit: votes, decisions, locks, termination. */
export const twoPhaseCommit: readonly Mutation[] = [
  {
    id: 'P4-yes-before-save',
    story: 'A participant says yes before its vote is on disk.',
    rule: 'The prepare record is forced before the yes is said.',
    edits: [
      edit(
        participant,
        'this.#prepare(message, staged, wallTime);',
        "this.#emit({ kind: 'vote', callId, vote: this.#yes(message) }); this.#prepare(message, staged, wallTime);",
      ),
      edit(
        participant,
        "this.#inquiry.begin(message.transactionId, now); this.#emit({ kind: 'vote', callId, vote: this.#yes(message) });",
        'this.#inquiry.begin(message.transactionId, now);',
      ),
    ],
    killer: killedBy(simulation, seeds, /AC1|AC5|answer/),
  },
  {
    id: 'P4-vote-not-forced',
    story: 'A participant writes its yes but does not force it: a crash takes the promise.',
    rule: 'The prepare record is forced.',
    edits: [edit(participant, forcedPrepare, forcedPrepare.replace('force', 'write'))],
    killer: killedBy(simulation, seeds, /AC5|AC1/),
  },
  {
    id: 'O16-vote-in-memory',
    story: 'Votes and locks are kept in memory: a participant that restarts forgets its yes.',
    rule: 'A vote is a record of the log, and a restart finds it.',
    edits: [
      edit(participant, forcedPrepare, "this.state.apply({ type: 'prepare', transaction });"),
    ],
    killer: killedBy(simulation, seeds, /commits without being prepared/),
  },
  {
    id: 'P5-told-before-save',
    story: 'The coordinator tells its decision before it is on disk.',
    rule: 'The commit record is forced before anybody hears of the commit.',
    edits: [
      edit(
        coordinator,
        "if (allYes) this.#emit({ kind: 'force', record: commitRecord(decided, requestKey) });",
        "this.#deliver(decided, now); if (allYes) this.#emit({ kind: 'force', record: commitRecord(decided, requestKey) });",
      ),
    ],
    killer: killedBy(simulation, seeds, /AC1/),
  },
  {
    id: 'P5-decision-not-forced',
    story:
      'The coordinator writes its commit but does not force it: a crash turns it into an abort.',
    rule: 'The commit record is forced: it is the commit point.',
    edits: [
      edit(
        coordinator,
        "{ kind: 'force', record: commitRecord(decided, requestKey) }",
        "{ kind: 'write', record: commitRecord(decided, requestKey) }",
      ),
    ],
    killer: killedBy(simulation, seeds, /AC1/),
  },
  {
    id: 'P19-ack-before-commit-is-saved',
    story: 'A participant acknowledges a commit that is not on its disk yet.',
    rule: 'The participant’s commit record is forced before its Ack.',
    edits: [
      edit(
        participant,
        "this.#record('force', { type: 'commit', transactionId });",
        "this.#record('write', { type: 'commit', transactionId });",
      ),
    ],
    killer: killedBy(simulation, seeds, /AC1|AC5|answer|called finished/),
  },
  {
    id: 'P1-ack-of-unknown',
    story: 'A participant acknowledges the commit of a transaction it never prepared.',
    rule: 'A commit of an unknown transaction is an error, and the coordinator goes on telling.',
    edits: [
      edit(
        participant,
        "if (decision === 'commit') return 'UNKNOWN_TRANSACTION';",
        "if (decision === 'commit') return null;",
      ),
    ],
    killer: killedBy(participantTest, 'O15 P1 GlobalCommit of what was never prepared'),
  },
  {
    id: 'O15-P1-lost-vote-acknowledged',
    story: 'A participant that lost its vote in a crash acknowledges the commit all the same.',
    rule: 'A vote is forced, and a commit of an unknown transaction is an error.',
    edits: [
      edit(participant, forcedPrepare, forcedPrepare.replace('force', 'write')),
      edit(
        participant,
        "if (decision === 'commit') return 'UNKNOWN_TRANSACTION';",
        "if (decision === 'commit') return null;",
      ),
    ],
    killer: killedBy(simulation, seeds, /p\d.png on n\d|answer/),
  },
  {
    id: 'P9-decides-by-itself',
    story: 'A participant in doubt aborts because nobody it asked knows.',
    rule: 'In doubt, only a decision on somebody’s disk settles it; until then it waits.',
    edits: [
      edit(
        participant,
        "if (answer === 'commit' || answer === 'abort') { this.#decide(prepared, answer, from, true);",
        "if (answer === 'commit' || answer === 'abort' || answer === null || answer === 'inDoubt') { this.#decide(prepared, answer === 'commit' ? 'commit' : 'abort', from, true);",
      ),
    ],
    killer: killedBy(simulation, seeds, /AC1/),
  },
  {
    id: 'O14-lock-freed-by-name',
    story: 'The abort of one transaction frees the lock of another on the same picture.',
    rule: 'A lock belongs to a transaction, and only it releases it.',
    edits: [
      edit(
        participant,
        'if (tombstone !== undefined) { return tombstone.decision === decision',
        "if (decision === 'abort') this.state.locks.delete(message.filename); if (tombstone !== undefined) { return tombstone.decision === decision",
      ),
    ],
    killer: killedBy(participantTest, 'O14 P8 the abort of T2 does not free the lock of T1'),
  },
  {
    id: 'P8-locks-do-not-hold',
    story: 'Two transactions prepare on the same picture at the same time.',
    rule: 'A locked picture votes no.',
    edits: [
      edit(
        participant,
        "if (state.locks.has(filename)) return 'PICTURE_LOCKED'; // no-wait",
        'state.locks.delete(filename); // no-wait',
      ),
    ],
    killer: killedBy(simulation, seeds, /a lock is released by its owner alone/),
  },
  {
    id: 'O18-never-asks',
    story: 'A participant in doubt waits to be told and never asks: its lock stays for ever.',
    rule: 'A participant in doubt asks the coordinator, then its peers, for as long as it takes.',
    edits: [edit(participant, "this.#emit({ kind: 'ask', to, query });", 'void to;')],
    killer: killedBy(simulation, seeds, /AC5/),
  },
  {
    id: 'P3-abort-presumed-while-preparing',
    story: 'The coordinator answers "aborted" about a transaction it may still commit.',
    rule: 'What is still being prepared is answered "pending"; only what has no state is presumed.',
    edits: [
      edit(
        coordinator,
        "if (transaction?.state === 'preparing') return 'pending';",
        "if (transaction?.state === 'preparing') return 'abort';",
      ),
    ],
    killer: killedBy(simulation, seeds, /AC1/),
  },
  {
    id: 'P6-no-taken-for-yes',
    story: 'The coordinator commits although a participant voted no.',
    rule: 'A commit needs the yes of every participant.',
    edits: [
      edit(
        coordinator,
        "votes.every((vote) => vote?.vote === 'commit')",
        "votes.every((vote) => vote?.vote !== 'none')",
      ),
    ],
    killer: killedBy(simulation, seeds, /AC3/),
  },
  {
    id: 'P6-yes-taken-for-no',
    story: 'The coordinator aborts although every participant voted yes and nothing failed.',
    rule: 'Where all vote yes in time, it commits.',
    edits: [
      edit(
        coordinator,
        "votes.every((vote) => vote?.vote === 'commit')",
        "votes.every((vote) => vote?.vote === 'commit') && votes.length < 3",
      ),
    ],
    killer: killedBy(simulation, seeds, /AC4/),
  },
  {
    id: 'O17-failure-taken-for-ack',
    story: 'The coordinator forgets a commit that a participant has not acknowledged.',
    rule: 'A commit is forgotten when all have acknowledged it.',
    edits: [
      edit(
        coordinator,
        'this.#onDeliveryFailed(input.transactionId, input.from, input.reason, now);',
        'this.#onAck(input.transactionId, input.from);',
      ),
    ],
    killer: killedBy(simulation, seeds, /AC1|AC5|answer/),
  },
  {
    id: 'O17-told-once',
    story: 'The coordinator tells its decision once: who misses it is never told again.',
    rule: 'A commit is delivered again, with a back-off, until it is acknowledged.',
    edits: [
      edit(
        'picture-2pc/protocol/delivery.ts',
        'attempt.nextAt = now + this.#timing.ackTimeout * 1.5;',
        'attempt.nextAt = Number.POSITIVE_INFINITY;',
      ),
      edit(
        'picture-2pc/protocol/delivery.ts',
        'attempt.nextAt = now + Math.min(this.#timing.first * 2 ** attempt.failures, this.#timing.most);',
        '',
      ),
    ],
    killer: killedBy(simulation, seeds, /AC5|forgotten/),
  },
  {
    id: 'P16-promise-not-forced',
    story:
      'A participant that never voted tells a peer to abort, crashes, and votes yes after all.',
    rule: 'The abort that a peer acts on is forced first.',
    edits: [
      edit(
        participant,
        "this.#record('force', { type: 'abort', tombstone: buried(query, 'abort', reason) });",
        '',
      ),
    ],
    killer: killedBy(
      'picture-2pc/test/simulation/late-vote.test.ts',
      'P16 who never voted and promised a peer',
      /AC1/,
    ),
  },
  {
    id: 'P16-young-disk-answers',
    story: 'A participant with a new disk says that it never voted, and the one before it had.',
    rule: 'A disk younger than the transaction cannot tell what the one before it held.',
    edits: [
      edit(
        participant,
        "if (query.preparedAt !== 0 && query.preparedAt < this.#config.bornAt) return 'unknown';",
        '',
      ),
    ],
    killer: killedBy(
      'picture-2pc/protocol/participant-birth.test.ts',
      'P16 a disk younger than the transaction',
    ),
  },
  {
    id: 'P7-hanging-prepare',
    story: 'A VoteRequest overtaken by its own abort is granted, and its lock hangs.',
    rule: 'An abort leaves a tombstone, also of what never was prepared.',
    edits: [
      edit(
        participant,
        "// A VoteRequest that was overtaken by this abort must find it. this.#remember(buried(message, 'abort', null));",
        '',
      ),
    ],
    killer: killedBy(participantTest, 'P7 late, after its abort: no'),
  },
  {
    id: 'P18-tombstone-forgotten',
    story:
      'A checkpoint leaves out the tombstones: after a restart an ended transaction is unknown.',
    rule: 'A checkpoint holds every tombstone that may still be asked for.',
    edits: [
      edit(
        'picture-2pc/protocol/participant-state.ts',
        'tombstones: [...this.#tombstones.values()].flatMap((ended) => [...ended.values()]),',
        'tombstones: [],',
      ),
    ],
    killer: killedBy(simulation, seeds, /AC1|AC5|answer|UNKNOWN|called finished/),
  },
  {
    id: 'O21-repeat-refused',
    story: 'A repeated VoteRequest finds its own transaction’s lock and is refused.',
    rule: 'A repeated request hears the vote already given.',
    edits: [
      edit(
        participant,
        'if (prepared !== undefined) { return sameTransaction',
        'if (false) { return sameTransaction',
      ),
    ],
    killer: killedBy(participantTest, 'O21 repeated before the decision'),
  },
  {
    id: 'P6-decision-reversed',
    story: 'A participant that committed acknowledges the abort of the same transaction.',
    rule: 'A decision is write-once; the opposite one is an error.',
    edits: [
      edit(
        participant,
        "return tombstone.decision === decision ? null : 'DECISION_CONFLICT';",
        'return null;',
      ),
    ],
    killer: killedBy(participantTest, 'P6 P10 the opposite decision is refused'),
  },
  {
    id: 'P12-old-coordinator-not-fenced',
    story: 'A copy of the coordinator that was started earlier goes on beginning transactions.',
    rule: 'An earlier epoch, or another disk of the same one, is refused.',
    edits: [edit(participant, "if (this.#isFenced(message)) return 'COORDINATOR_FENCED';", '')],
    killer: killedBy(participantTest, 'P12 an earlier run, or another disk of the same epoch'),
  },
  {
    id: 'T13-name-with-separator',
    story: 'A picture named "../../etc/passwd" is taken.',
    rule: 'A name has no separator, no control character, and is no directory.',
    edits: [edit('picture-2pc/shell/picture-name.ts', 'FORBIDDEN.test(name) ||', '')],
    killer: killedBy('picture-2pc/shell/picture-name.test.ts', 'T13 what is no string, empty'),
  },
  {
    id: 'P2-presumes-for-others',
    story: 'A coordinator answers "aborted" about what another one, or another disk, began.',
    rule: 'Presumption holds only for what this disk’s own runs began.',
    edits: [edit(coordinator, "return mine ? 'abort' : 'unknown';", "return 'abort';")],
    killer: killedBy(coordinatorTest, 'P2 P12 no presumption for what another coordinator'),
  },
  {
    id: 'S6-duty-loop-sends-before-save',
    story: 'The loop of a picture process answers while the save it owes is still under way.',
    rule: 'What is owed behind a forced record waits until that is on disk.',
    edits: [
      edit(
        'picture-2pc/shell/duty-loop.ts',
        'if (this.#flush) await this.#save();',
        'if (this.#flush) void this.#save();',
      ),
    ],
    killer: killedBy('picture-2pc/shell/duty-loop.test.ts', 'what is owed behind a forced record'),
  },
  {
    id: 'S6-failed-save-taken-for-done',
    story: 'A save fails, the process goes on, and the system has dropped what it could not write.',
    rule: 'A save that failed is the end of the process: what a later one says proves nothing.',
    edits: [
      edit(
        'picture-2pc/test/simulation/driver.ts',
        'if (this.#host.saveFails()) return;',
        'if (this.#host.saveFails()) this.#disk.lose(end);',
      ),
      edit('picture-2pc/test/simulation/process.ts', 'strike(); return true;', 'return true;'),
    ],
    killer: killedBy(simulation, seeds, /AC1|AC5|expected/),
  },
]
