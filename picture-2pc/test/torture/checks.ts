import assert from 'node:assert/strict'
import type { CoordinatorRecord } from '../../protocol/coordinator-io.ts'
import type { ParticipantRecord, Prepared } from '../../protocol/participant-records.ts'
import type { Held } from '../crash-cluster.ts'
import type { Attempt } from './clients.ts'

/** What a participant's vote log says was committed, per picture, in order. */
export type Committed = ReadonlyMap<string, readonly Prepared[]>

/** Reads a whole vote log. Fails when a decision in it is reversed or was not voted for (AC2, AC3). */
export function committedIn(records: readonly ParticipantRecord[]): Committed {
  const prepared = new Map<string, Prepared>()
  const ended = new Map<string, string>()
  const committed = new Map<string, Prepared[]>()
  for (const record of records) {
    if (record.type === 'prepare') {
      const { transactionId } = record.transaction
      assert.ok(!ended.has(transactionId), `${transactionId} is prepared after its end`)
      prepared.set(transactionId, record.transaction)
    } else if (record.type === 'commit') {
      const transaction = prepared.get(record.transactionId)
      assert.ok(transaction !== undefined, `${record.transactionId} commits unprepared`)
      assert.ok(!ended.has(record.transactionId), `${record.transactionId} ends twice`)
      ended.set(record.transactionId, 'commit')
      const list = committed.get(transaction.filename) ?? []
      committed.set(transaction.filename, [...list, transaction])
    } else if (record.type === 'abort') {
      const { transactionId } = record.tombstone
      assert.notEqual(ended.get(transactionId), 'commit', `${transactionId} is reversed`)
      ended.set(transactionId, 'abort')
    }
  }
  return committed
}

/** Fails unless all participants committed the same transactions on each picture, in one order (AC1). */
export function assertSameOrder(logs: readonly Committed[]): Committed {
  const [first, ...others] = logs
  assert.ok(first !== undefined)
  const idsOf = (log: Committed) =>
    [...log]
      .map(
        ([filename, list]) => [filename, list.map(({ transactionId }) => transactionId)] as const,
      )
      .sort(([a], [b]) => (a < b ? -1 : 1))
  for (const other of others) assert.deepEqual(idsOf(other), idsOf(first))
  return first
}

/** Fails unless the coordinator's log decides each of these once, and each key at most once. */
export function assertDecided(records: readonly CoordinatorRecord[], committed: Committed): void {
  const decided = new Set<string>()
  const keys = new Set<string>()
  for (const record of records) {
    if (record.type !== 'commit') continue
    const { transactionId, requestKey } = record
    assert.ok(!decided.has(transactionId), `${transactionId} was decided twice`)
    decided.add(transactionId)
    if (requestKey === null) continue
    assert.ok(!keys.has(requestKey.key), `${transactionId} repeats a request that took effect`)
    keys.add(requestKey.key)
  }
  const done = [...committed.values()].flat().map(({ transactionId }) => transactionId)
  assert.deepEqual(done.sort(), [...decided].sort(), 'committed is not what was decided')
}

/** Fails unless every answer given agrees with what was committed, and with the order of real time. */
export function assertAnswersTrue(committed: Committed, attempts: readonly Attempt[]): void {
  const byId = new Map<string, Attempt>()
  for (const attempt of attempts) {
    if (attempt.transactionId !== null) byId.set(attempt.transactionId, attempt)
  }
  const done = new Set<string>()
  for (const [filename, list] of committed) {
    let likes = 0
    let latestBegin = 0
    const unclaimed = { delete: 0, upload: 0, like: 0 }
    for (const { transactionId, operation } of list) {
      done.add(transactionId)
      likes = operation.kind === 'like' ? likes + 1 : 0
      const attempt = byId.get(transactionId)
      if (attempt === undefined) {
        unclaimed[operation.kind] += 1
        continue
      }
      const told = `${transactionId} (${attempt.kind} ${filename}), told ${attempt.outcome}`
      assert.notEqual(attempt.outcome, 'refused', `${told}, was committed`)
      assert.equal(attempt.kind, operation.kind)
      if (operation.kind === 'upload') assert.equal(operation.sha256, attempt.sha256, told)
      if (attempt.likes !== null) assert.equal(attempt.likes, likes, told)
      assert.ok(attempt.ended >= latestBegin, `${told}, ended before what it stands behind began`)
      latestBegin = Math.max(latestBegin, attempt.began)
    }
    for (const kind of ['delete', 'upload', 'like'] as const) {
      const unknown = attempts.filter(
        (each) => each.filename === filename && each.kind === kind && each.outcome === 'unknown',
      )
      const most = unknown.length
      assert.ok(
        unclaimed[kind] <= most,
        `${filename}: ${unclaimed[kind]} ${kind}s, ${most} unknown`,
      )
    }
  }
  for (const { outcome, transactionId, kind, filename } of attempts) {
    if (outcome !== 'acknowledged') continue
    assert.ok(transactionId !== null && done.has(transactionId), `${kind} ${filename} was lost`)
  }
}

/** What the committed transactions make of the pictures. */
export function stateOf(committed: Committed): ReadonlyMap<string, Held> {
  const state = new Map<string, Held>()
  for (const [filename, list] of [...committed].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const { operation } of list) {
      const held = state.get(filename)
      if (operation.kind === 'upload') state.set(filename, { likes: 0, sha256: operation.sha256 })
      else if (operation.kind === 'delete') state.delete(filename)
      else if (held !== undefined) state.set(filename, { ...held, likes: held.likes + 1 })
    }
  }
  return state
}
