import type { CoordinatorInput, CoordinatorOutput } from '../../protocol/coordinator-io.ts'
import { Participant } from '../../protocol/participant.ts'
import type { ParticipantInput, ParticipantOutput } from '../../protocol/participant-io.ts'
import type { Core } from './driver.ts'
import { type Mutation, sound } from './plan.ts'

type CoordinatorCore = Core<CoordinatorInput, CoordinatorOutput>
type ParticipantCore = Core<ParticipantInput, ParticipantOutput>

/** A core that owes something else. */
function owing<I, O>(core: Core<I, O>, change: (output: O) => O | null): Core<I, O> {
  return {
    step: (input, now) =>
      core.step(input, now).flatMap((output) => {
        const changed = change(output)
        return changed === null ? [] : [changed]
      }),
  }
}

/** A core that hears something else. */
function hearing<I, O>(core: Core<I, O>, change: (input: I) => I): Core<I, O> {
  return { step: (input, now) => core.step(change(input), now) }
}

/** The original's lie (O15, P1). */
function acknowledgesAnything(core: ParticipantCore): ParticipantCore {
  return owing(core, (output) =>
    output.kind === 'refuse' && output.reason === 'UNKNOWN_TRANSACTION'
      ? { kind: 'ack', callId: output.callId }
      : output,
  )
}

function guessesWhenNobodyKnows(core: ParticipantCore): ParticipantCore {
  return hearing(core, (input) =>
    input.kind === 'answered' && (input.answer === null || input.answer === 'inDoubt')
      ? { ...input, answer: 'abort' }
      : input,
  )
}

function forgetsLocks(core: ParticipantCore): ParticipantCore {
  return hearing(core, (input) => {
    if (input.kind === 'voteRequest' && core instanceof Participant) core.state.locks.clear()
    return input
  })
}

/** Answers a peer with an abort that is not on disk: an abort is forced nowhere else. */
export function breaksItsWord(core: ParticipantCore): ParticipantCore {
  return owing(core, (output) =>
    output.kind === 'force' && output.record.type === 'abort' ? null : output,
  )
}

function neverAsks(core: ParticipantCore): ParticipantCore {
  return owing(core, (output) => (output.kind === 'ask' ? null : output))
}

function presumesTooEarly(core: CoordinatorCore): CoordinatorCore {
  return owing(core, (output) =>
    output.kind === 'answer' && output.answer === 'pending'
      ? { ...output, answer: 'abort' }
      : output,
  )
}

function takesNoForYes(core: CoordinatorCore): CoordinatorCore {
  return hearing(core, (input) =>
    input.kind === 'vote' && input.vote.vote === 'abort'
      ? { ...input, vote: { vote: 'commit', likes: 0 } }
      : input,
  )
}

function takesFailureForAck(core: CoordinatorCore): CoordinatorCore {
  return hearing(core, (input) =>
    input.kind === 'deliveryFailed'
      ? { kind: 'ack', transactionId: input.transactionId, from: input.from }
      : input,
  )
}

function tellsOnce(core: CoordinatorCore): CoordinatorCore {
  const told = new Set<string>()
  return owing(core, (output) => {
    if (output.kind !== 'send' || output.message.kind !== 'GlobalCommit') return output
    const what = `${output.message.transactionId} ${output.to}`
    if (told.has(what)) return null
    told.add(what)
    return output
  })
}

/** Known bugs, and the promises of which at least one must be seen broken. */
export const mutations: readonly (readonly [name: string, mutation: Mutation, seen: RegExp])[] = [
  [
    'P4 a participant says yes before its save',
    { ...sound, participantFlaws: { sendsBeforeSave: true } },
    /AC1|AC5|answer/,
  ],
  [
    'P5 the coordinator tells before its save',
    { ...sound, coordinatorFlaws: { sendsBeforeSave: true } },
    /AC1/,
  ],
  [
    'O16 a participant does not force its vote',
    { ...sound, participantFlaws: { doesNotForce: ({ type }) => type === 'prepare' } },
    /AC5/,
  ],
  [
    'O16 a participant loses its votes',
    { ...sound, participantFlaws: { loses: ({ type }) => type === 'prepare' } },
    /commits without being prepared/,
  ],
  [
    'O17 the coordinator does not force its decision',
    { ...sound, coordinatorFlaws: { doesNotForce: ({ type }) => type === 'commit' } },
    /AC1/,
  ],
  [
    'a participant acknowledges a commit before it is on disk',
    { ...sound, participantFlaws: { doesNotForce: ({ type }) => type === 'commit' } },
    /AC1|AC5|answer/,
  ],
  [
    'O15 P1 a participant acknowledges what it never prepared',
    {
      ...sound,
      participant: acknowledgesAnything,
      participantFlaws: { doesNotForce: ({ type }) => type === 'prepare' },
    },
    /p\d.png on n\d|answer/,
  ],
  [
    'P9 a participant decides by itself when nobody knows',
    { ...sound, participant: guessesWhenNobodyKnows },
    /AC1/,
  ],
  [
    'O14 P8 locks do not hold',
    { ...sound, participant: forgetsLocks },
    /a lock is released by its owner alone/,
  ],
  ['O18 P3 a participant in doubt never asks', { ...sound, participant: neverAsks }, /AC5/],
  [
    'the coordinator presumes abort while it is still preparing',
    { ...sound, coordinator: presumesTooEarly },
    /AC1/,
  ],
  ['the coordinator takes a no for a yes', { ...sound, coordinator: takesNoForYes }, /AC3/],
  [
    'O17 the coordinator forgets what was not acknowledged',
    { ...sound, coordinator: takesFailureForAck },
    /AC1|AC5|answer/,
  ],
  ['O17 the coordinator tells its decision once', { ...sound, coordinator: tellsOnce }, /AC5/],
]
