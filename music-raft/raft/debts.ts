import type { LogIndex, Message, NodeId, SnapshotMetadata } from './messages.ts'
import type { Answer, RaftEvent, Refusal, RequestId, SnapshotChunk } from './ready.ts'

/** What has piled up since the last Ready; Ready says what each is. */
export class Debts {
  sendNow: Message[] = []
  send: Message[] = []
  chunks: SnapshotChunk[] = []
  installed: SnapshotMetadata | null = null
  answers: Answer[] = []
  releaseTo: LogIndex | null = null
  events: RaftEvent[] = []

  refuse(requestId: RequestId, reason: Refusal, leaderHint: NodeId | null): void {
    this.answers.push({ kind: 'refused', requestId, reason, leaderHint })
  }

  /** Hands everything over and starts afresh. */
  take(): Omit<Debts, 'refuse' | 'take'> {
    const { sendNow, send, chunks, installed, answers, releaseTo, events } = this
    this.sendNow = []
    this.send = []
    this.chunks = []
    this.installed = null
    this.answers = []
    this.releaseTo = null
    this.events = []
    return { sendNow, send, chunks, installed, answers, releaseTo, events }
  }
}
