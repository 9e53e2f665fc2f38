import { type Command, encodeCommand } from '../command.ts'
import type { OutcomeCode } from '../outcome.ts'
import type { CommittedCommand } from '../queue.ts'

interface Item {
  id: string
  title: string
  votes: number
  arrival: number
}

/** What the model says of a command: enough to compare an Outcome with. */
export interface Expected {
  code: OutcomeCode
  id: string
  title: string | null
  votes: number | null
  position: number
  total: number
  replayed: boolean
}

/** The rules again, as plainly as they can be written: arrays, sorted each time. */
export class NaiveQueue {
  queue: Item[] = []
  history: Item[] = []
  sessions: { clientId: string; requestId: number; asked: string; answer: Expected }[] = []

  apply(index: number, { identity, operation }: Command): Expected {
    if (identity === null) return this.execute(index, operation)
    const { clientId, requestId, maxSessions } = identity
    const asked = JSON.stringify({ ...operation, maxTracks: 0, maxHistory: 0 })
    const known = this.sessions.find((session) => session.clientId === clientId)
    const unapplied = { id: '', title: null, votes: null, position: 0, replayed: false }
    let answer: Expected
    let session = known
    if (known && requestId < known.requestId) {
      answer = { ...unapplied, code: 'STALE_REQUEST', total: this.queue.length }
    } else if (known && requestId === known.requestId) {
      answer =
        known.asked === asked
          ? { ...known.answer, replayed: true }
          : { ...unapplied, code: 'REQUEST_ID_REUSED', total: this.queue.length }
    } else {
      answer = this.execute(index, operation)
      session = { clientId, requestId, asked, answer }
    }
    this.sessions = this.sessions.filter((other) => other !== known)
    if (session) this.sessions.push(session)
    const tooMany = Math.min(16, Math.max(0, this.sessions.length - maxSessions))
    this.sessions = this.sessions.slice(tooMany)
    return answer
  }

  execute(index: number, operation: Command['operation']): Expected {
    if (operation.kind === 'PLAY') {
      const head = this.queue.shift()
      if (!head) return this.expected('QUEUE_EMPTY', '', undefined)
      this.history.push(head)
      const tooMany = Math.min(16, Math.max(0, this.history.length - operation.maxHistory))
      this.history = this.history.slice(tooMany)
      return this.expected('OK', head.id, head)
    }
    const { id } = operation
    const found = this.queue.find((item) => item.id === id)
    if (operation.kind === 'ADD') {
      if (found) return this.expected('ALREADY_QUEUED', id, found)
      if (this.queue.length >= operation.maxTracks) {
        return this.expected('QUEUE_FULL', id, undefined)
      }
      const item = { id, title: operation.title, votes: 0, arrival: index }
      this.queue.push(item)
      this.sort()
      return this.expected('OK', id, item)
    }
    if (!found) return this.expected('NOT_QUEUED', id, undefined)
    if (operation.kind === 'REMOVE') {
      this.queue = this.queue.filter((item) => item !== found)
    } else {
      found.votes += operation.up ? 1 : -1
      this.sort()
    }
    return this.expected('OK', id, found)
  }

  sort(): void {
    this.queue.sort((a, b) => b.votes - a.votes || a.arrival - b.arrival)
  }

  expected(code: OutcomeCode, id: string, item: Item | undefined): Expected {
    const position = item ? this.queue.indexOf(item) + 1 : 0
    const title = item?.title ?? null
    const votes = item?.votes ?? null
    return { code, id, title, votes, position, total: this.queue.length, replayed: false }
  }
}

export function logOf(commands: readonly Command[]): CommittedCommand[] {
  return commands.map((command, i) => ({
    index: i + 1,
    command: command.operation.kind,
    data: encodeCommand(command),
  }))
}
