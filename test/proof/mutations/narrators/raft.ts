import type { Entry } from '../../../../music-raft/raft/messages.ts'
import type { RaftNode } from '../../../../music-raft/raft/node.ts'
import type { Answer, Input, Ready, Save } from '../../../../music-raft/raft/ready.ts'
import { describeEvent, describeMessage } from '../../../../music-raft/raft/test/describe.ts'
import { tell } from './tell.ts'

type Node = typeof RaftNode

/** A node that tells what it is given and what it owes. */
export function narrated(base: Node): Node {
  return class extends base {
    #ticks = 0

    constructor(...args: ConstructorParameters<Node>) {
      super(...args)
      const { entries, hardState, snapshot } = args[1]
      const terms = entries.map(({ term }) => term).join(' ')
      const vote = hardState?.votedFor == null ? '' : `, voted for n${hardState.votedFor}`
      const covered = snapshot === null ? '' : `, snapshot of ${snapshot.lastIncludedIndex}`
      this.#say(`starts: term ${hardState?.currentTerm ?? 0}${vote}${covered}, log [${terms}]`)
    }

    override step(input: Input): void {
      if (input.kind === 'tick') this.#ticks += 1
      else this.#heard(input)
      super.step(input)
    }

    override ready(): Ready | null {
      const ready = super.ready()
      if (ready !== null) this.#owes(ready)
      return ready
    }

    #heard(input: Exclude<Input, { kind: 'tick' }>): void {
      const what = describeInput(input)
      if (what !== null) this.#say(what)
    }

    #owes({ events, save, restore, apply, answers, sendNow, send }: Ready): void {
      for (const event of events) {
        const line = describeEvent(event)
        if (line !== null) this.#say(line)
      }
      for (const message of sendNow) this.#say(`→ n${message.to}  ${describeMessage(message)}`)
      if (save !== null) this.#say(`→ disk  save ${save.id}: ${describeSave(save)}`)
      for (const message of send) {
        this.#say(`→ n${message.to}  ${describeMessage(message)}  (once that is on disk)`)
      }
      if (restore !== null) this.#say(`takes over the snapshot of ${restore.lastIncludedIndex}`)
      if (apply.length > 0) this.#say(`applies ${apply.map(nameOf).join(', ')}`)
      for (const answer of answers) this.#say(`→ client  ${describeAnswer(answer)}`)
    }

    #say(line: string): void {
      const { id } = this.status()
      if (this.#ticks > 0)
        tell(`n${id} ${this.#ticks} tick${this.#ticks === 1 ? ' passes' : 's pass'}`)
      this.#ticks = 0
      tell(`n${id} ${line}`)
    }
  }
}

function describeInput(input: Exclude<Input, { kind: 'tick' }>): string | null {
  switch (input.kind) {
    case 'receive':
      return `← n${input.message.from}  ${describeMessage(input.message)}`
    case 'propose':
      return `← client  propose ${input.command} ${new TextDecoder().decode(input.data)}`
    case 'read':
      return `← client  read (request ${input.requestId})`
    case 'changeMembership':
      return `← client  ${JSON.stringify(input.change)}`
    case 'transfer':
      return `← client  hand over to ${input.target === null ? 'anybody' : `n${input.target}`}`
    case 'campaign':
      return 'its election timeout passes'
    case 'saved':
      return `← disk  save ${input.id} is durable`
    case 'compact':
      return `has a snapshot of ${input.snapshot.lastIncludedIndex} on disk`
    case 'applied':
      return null
    default:
      return `is told: ${input.kind}`
  }
}

/** What a save holds, in words. */
export function describeSave({
  hardState,
  truncateFrom,
  discardLog,
  snapshot,
  entries,
}: Save): string {
  const parts: string[] = []
  if (hardState !== null) {
    const { currentTerm, votedFor, recovering } = hardState
    const vote = votedFor === null ? 'no vote' : `vote for n${votedFor}`
    parts.push(`term ${currentTerm}, ${vote}${recovering === 0 ? '' : ', disk was lost'}`)
  }
  if (snapshot !== null) parts.push(`snapshot of ${snapshot.lastIncludedIndex}`)
  if (discardLog) parts.push('drop the whole log')
  if (truncateFrom !== null) parts.push(`drop the log from ${truncateFrom}`)
  if (entries.length > 0) parts.push(`entries ${entries.map(nameOf).join(', ')}`)
  return parts.length === 0 ? 'part of a snapshot' : parts.join('; ')
}

function nameOf({ term, index, command, data }: Entry): string {
  const text = command === 'ADD' ? ` ${new TextDecoder().decode(data)}` : ''
  return `${term}.${index} ${command}${text}`
}

function describeAnswer(answer: Answer): string {
  const { kind, requestId, ...rest } = answer
  return `request ${requestId} ${kind} ${JSON.stringify(rest)}`
}
