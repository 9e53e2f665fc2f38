import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainWording, type RpcSeen, type Wording } from '../rpc-log.ts'
import { tapped } from './tapped.ts'

const seen: RpcSeen = { rpc: 'AddTrack', node: '1', peer: '2', request: undefined }

test('RPCs are shown while somebody looks, and their words stay as they are', () => {
  const shown: string[] = []
  const tap = {
    active: false,
    seen: (direction: string, { rpc }: RpcSeen) => void shown.push(`${direction} ${rpc}`),
  }
  const words: Required<Pick<Wording, 'replies'>> & Wording = {
    ...plainWording,
    replies: (_seen, reply) => (reply === null ? null : { text: String(reply) }),
  }
  const wording = tapped(words, tap)
  const say = () => [
    wording.sends(seen),
    wording.receives(seen),
    wording.replies(seen, 'Ack'),
    wording.replies(seen, null),
  ]
  const said = say()
  assert.deepEqual(shown, [])
  tap.active = true
  assert.deepEqual(say(), said)
  assert.deepEqual(shown, ['sent AddTrack', 'received AddTrack', 'replied AddTrack'])
  assert.deepEqual(said.slice(0, 3), [
    plainWording.sends(seen),
    plainWording.receives(seen),
    { text: 'Ack' },
  ])
  assert.equal('replies' in tapped(plainWording, tap), false)
})
