import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encodeCommand } from '../queue/command.ts'
import type { Entry } from '../raft/messages.ts'
import { CHECK, CLUSTER, encodeCheck, Replica } from './replica.ts'
import { encodeEntry } from './wire/entry-codec.ts'

function entry(index: number, command: string, data: Uint8Array): Entry {
  const given = { index, term: 1, command, data }
  return { ...given, encoded: encodeEntry(given) }
}

function add(index: number, id = `t${index}`): Entry {
  const track = { id, title: 'T', artist: 'A', duration: 1 }
  const operation = { kind: 'ADD', maxTracks: 10_000, ...track } as const
  return entry(index, 'ADD', encodeCommand({ identity: null, operation }))
}

/** Two replicas of 1024 entries, the second with one other entry, if wished. */
function pair(other: Entry | null): { leader: Replica; follower: Replica; hash: string } {
  const [leader, follower] = [new Replica(), new Replica()]
  for (let index = 1; index <= 1024; index += 1) {
    leader.apply(add(index))
    follower.apply(index === other?.index ? other : add(index))
  }
  const hash = leader.hashAt(1024)
  assert(hash !== null)
  return { leader, follower, hash }
}

describe('R17 the state of all replicas is compared', () => {
  test('equal states agree', () => {
    const { follower, hash } = pair(null)
    const check = entry(1025, CHECK, encodeCheck(1024, hash))
    assert.equal(follower.apply(check).divergence, null)
    assert.equal(follower.divergence, null)
  })

  test('one other entry is found out, and not forgotten', () => {
    const { leader, follower, hash } = pair(add(500, 'another'))
    const check = entry(1025, CHECK, encodeCheck(1024, hash))
    assert.equal(leader.apply(check).divergence, null)
    const { divergence } = follower.apply(check)
    assert.equal(divergence?.index, 1024)
    assert.equal(divergence.leader, hash)
    assert.notEqual(divergence.own, hash)
    follower.apply(entry(1026, CHECK, encodeCheck(512, 'not remembered')))
    assert.deepEqual(follower.divergence, divergence)
  })

  test('a state that came by snapshot has no past to compare', async () => {
    const { leader, hash } = pair(null)
    const newcomer = new Replica()
    const pieces = async function* () {
      yield* leader.machine.snapshot().chunks()
    }
    await newcomer.restore(pieces())
    assert.equal(newcomer.machine.stateHash(), hash)
    assert.equal(newcomer.apply(entry(1025, CHECK, encodeCheck(1024, 'x'))).divergence, null)
  })

  test('the name of the cluster is handed on; what is Raft’s own changes nothing', () => {
    const replica = new Replica()
    assert.equal(replica.apply(entry(1, 'NOOP', Buffer.of())).outcome, null)
    assert.equal(replica.apply(entry(2, CLUSTER, Buffer.from('one'))).clusterId, 'one')
    assert.equal(replica.apply(add(3)).outcome?.code, 'OK')
  })
})
