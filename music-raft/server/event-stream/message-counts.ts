import type { Message } from '../../raft/messages.ts'
import type { MessagesEvent } from './types.ts'

type Direction = 'sent' | 'received'
type Count = MessagesEvent['counts'][number]

/** How many messages of each type went to or came from each peer. */
export class MessageCounts {
  #counts = new Map<string, Count>()

  add(direction: Direction, type: Message['type'], peer: number): void {
    const key = `${direction} ${type} ${peer}`
    const count = (this.#counts.get(key)?.count ?? 0) + 1
    this.#counts.set(key, { direction, type, peer, count })
  }

  /** What was counted since the last time. */
  take(): readonly Count[] {
    const counts = [...this.#counts.values()]
    this.#counts = new Map()
    return counts
  }
}
