import assert from 'node:assert/strict'
import { type Command, decodeCommand, type Operation } from '../../queue/command.ts'
import { QueueError } from '../../queue/errors.ts'
import type { Outcome } from '../../queue/outcome.ts'
import { NaiveQueue } from '../../queue/test/model.ts'
import type { Track } from '../../queue/track.ts'
import type { LogIndex } from '../../raft/messages.ts'
import type { Lab } from '../../raft/test/lab/lab.ts'
import { checkLinearizable } from './linearizable.ts'

/** One call of a client that was answered: when, and what it was told. */
export type Call = { readonly client: string; readonly began: number; readonly ended: number } & (
  | {
      readonly kind: 'write'
      readonly requestId: number
      readonly operation: Operation
      readonly told: Told
    }
  /** `index`: how far the answering server had applied; `tracks`: the queue that it showed. */
  | { readonly kind: 'read'; readonly index: LogIndex; readonly tracks: readonly Track[] }
)

export type Told = Pick<Outcome, 'word' | 'code' | 'id' | 'position' | 'total' | 'track'>

/** What clients were told, and the proof that it was true. */
export class History {
  readonly calls: Call[] = []

  writes(): number {
    return this.calls.filter(({ kind }) => kind === 'write').length
  }

  /**
   * Linearizable, for the checker that knows only what clients saw, and with the log as the witness: each write at its first place in the log, each read
   * where its server was. A plain sequential queue that follows the log must have given every answer,
   * and a call that ended before another began must come before it.
   */
  check(world: Lab): void {
    checkLinearizable(this.calls)
    const { places, reads } = this.#replay(world)
    const placed = this.calls.map((call) => ({
      ...{ began: call.began, ended: call.ended, write: call.kind === 'write' },
      at: call.kind === 'read' ? call.index : (places.get(nameOf(call)) ?? Number.NaN),
    }))
    for (const call of this.calls) {
      if (call.kind !== 'read') continue
      const seen = call.tracks.map(({ id }) => id)
      assert.deepEqual(seen, reads.get(call.index), 'a true read')
    }
    const byEnd = placed.toSorted((a, b) => a.ended - b.ended)
    let latest = { at: 0, write: false }
    let next = 0
    for (const call of placed.toSorted((a, b) => a.began - b.began)) {
      for (let done = byEnd[next]; done !== undefined && done.ended < call.began; ) {
        if (done.at > latest.at) latest = done
        next += 1
        done = byEnd[next]
      }
      const inOrder = call.write ? call.at > latest.at : call.at >= latest.at
      assert(inOrder, `what took effect at ${latest.at} was over before ${call.at} began`)
    }
  }

  #replay(world: Lab) {
    const model = new NaiveQueue()
    const told = new Map(
      this.calls.flatMap((call) => (call.kind === 'write' ? [[nameOf(call), call.told]] : [])),
    )
    const wanted = new Set(this.calls.map((call) => (call.kind === 'read' ? call.index : 0)))
    const places = new Map<string, LogIndex>()
    const reads = new Map<LogIndex, readonly string[]>([[0, []]])
    for (let index = 1; world.entries.has(index); index += 1) {
      const command = commandAt(world, index)
      if (command !== null) {
        const expected = model.apply(index, command)
        if (command.identity !== null && !expected.replayed) {
          const name = nameOf(command.identity)
          const { code, id, position, total } = expected
          if (code !== 'STALE_REQUEST') {
            assert(!places.has(name), `${name} took effect twice`)
            places.set(name, index)
            const answer = told.get(name)
            if (answer !== undefined) {
              const said = [answer.code, answer.id, answer.position, answer.total]
              assert.deepEqual(said, [code, id, position, total], name)
            }
          }
        }
      }
      if (wanted.has(index)) {
        reads.set(
          index,
          model.queue.map(({ id }) => id),
        )
      }
    }
    for (const name of told.keys()) assert(places.has(name), `${name} was answered and is lost`)
    return { places, reads }
  }
}

/** null: NOOP, CONFIG, or what the lab proposed to see whether anything is committed. */
function commandAt(world: Lab, index: LogIndex): Command | null {
  const entry = world.entries.get(index)
  try {
    return entry === undefined ? null : decodeCommand(entry.data)
  } catch (error) {
    if (error instanceof QueueError) return null
    throw error
  }
}

function nameOf(of: { client?: string; clientId?: string; requestId: number }): string {
  return `request ${of.requestId} of ${of.client ?? of.clientId}`
}
