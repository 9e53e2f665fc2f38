import assert from 'node:assert/strict'
import { check } from '../../linearizability/check.ts'
import type {
  QueueInput,
  QueueOperation,
  QueueOutput,
} from '../../linearizability/queue-history.ts'
import { queueModel } from '../../linearizability/queue-model.ts'
import type { Operation } from '../../queue/command.ts'
import type { Call, Told } from './history.ts'

/** Holds what clients saw against the queue as they may think of it, knowing nothing of logs. */
export function checkLinearizable(calls: readonly Call[]): void {
  const verdict = check(queueModel(), calls.map(observed))
  const what = verdict.kind === 'violation' ? JSON.stringify(verdict.window) : ''
  assert.equal(verdict.kind, 'ok', `the history is not linearizable ${what.slice(0, 2000)}`)
}

function observed(call: Call): QueueOperation {
  const { client, began, ended: end } = call
  const seen = { client, call: began, return: end }
  if (call.kind === 'write') {
    return { ...seen, input: inputOf(call.operation), output: outputOf(call.told) }
  }
  const { tracks } = call
  return { ...seen, input: { rpc: 'GetQueue' }, output: { tracks, total: tracks.length } }
}

function inputOf(operation: Operation): QueueInput {
  switch (operation.kind) {
    case 'ADD': {
      const { id, title, artist, duration } = operation
      return { rpc: 'AddTrack', track: { id, title, artist, duration } }
    }
    case 'REMOVE':
      return { rpc: 'RemoveTrack', id: operation.id }
    case 'VOTE':
      return { rpc: 'VoteTrack', id: operation.id, up: operation.up }
    case 'PLAY':
      return { rpc: 'PlayNext' }
    default:
      return operation satisfies never
  }
}

function outputOf({ word, code, position, total, track }: Told): QueueOutput {
  if (word === 'PLAY') return { track }
  return { code: code === 'OK' ? 'APPLIED' : code, position, total }
}
