import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClusterFeed } from './cluster.ts'
import { LINGER_MS } from './feed.ts'
import { TestSink, testLog } from './test/world.ts'

const FLUSH_MS = 100

/** Node a, and peers that say what the test has them say. */
function cluster() {
  const own = testLog({ node: 'a', capacity: 100 })
  const { clock } = own
  const listening = new Map<
    string,
    { heard: (texts: readonly string[]) => boolean; lost: (reason: string) => void }
  >()
  const members = new Map([
    ['b', 'host:1'],
    ['c', 'host:2'],
  ])
  const all = new ClusterFeed({
    ...{ own: own.log, clock, wallTime: () => 1000 + clock.now(), story: new Set(['election']) },
    peers: () =>
      [...members].map(([name, address]) => ({
        ...{ name, address },
        listen: (heard, lost) => {
          listening.set(name, { heard, lost })
          return () => listening.delete(name)
        },
      })),
  })
  let sequence = 0
  const say = (node: string, kind: string, more: object = {}) => {
    sequence += 1
    return JSON.stringify({ node, start: 'r', sequence, time: 5, kind, ...more })
  }
  return { ...own, all, listening, members, say }
}

test('peers are listened to only while somebody looks', () => {
  const { all, listening, clock, log } = cluster()
  assert.equal(listening.size, 0)
  const attached = all.feed.attach(new TestSink())
  assert.deepEqual([...listening.keys()], ['b', 'c'])
  attached.detach()
  clock.advance(LINGER_MS * 2 + 100)
  assert.equal(listening.size, 0)
  assert.deepEqual([log.active, clock.waiting], [false, 0])
})

test('one stream has the own events and what peers say, and who is not heard since when', () => {
  const { all, listening, clock, happen, say } = cluster()
  const sink = new TestSink()
  all.feed.attach(sink)
  listening.get('b')?.heard([say('b', 'hello'), say('b', 'snapshot'), say('b', 'thing')])
  listening.get('c')?.lost('no connection')
  happen()
  clock.advance(FLUSH_MS)
  const told = sink.events.map(({ node, kind, peer, reachable }) =>
    [node, kind, peer, reachable].filter((x) => x !== undefined).join(' '),
  )
  assert.deepEqual(
    told.toSorted(),
    [
      'a hello',
      'a peer b true',
      'a peer c false',
      'a snapshot',
      'a thing',
      'b snapshot',
      'b thing',
    ].toSorted(),
  )
  clock.advance(400)
  listening.get('c')?.lost('no connection')
  clock.advance(FLUSH_MS)
  assert.equal(sink.kinds.filter((kind) => kind === 'peer').length, 2, 'the same is told once')
  listening.get('b')?.lost('silent')
  clock.advance(FLUSH_MS)
  const last = sink.events.findLast(({ kind }) => kind === 'peer')
  assert.deepEqual(
    [last?.['peer'], last?.['reachable'], last?.['since'], last?.['lastHeard']],
    ['b', false, 1600, 1000],
  )
})

test('who looks later gets what peers last said of themselves, their story and who is not heard', () => {
  const { all, listening, clock, say } = cluster()
  all.feed.attach(new TestSink())
  const heard = [
    say('b', 'snapshot'),
    say('b', 'thing'),
    say('b', 'election'),
    say('b', 'status', { state: 1 }),
    say('b', 'status', { state: 2 }),
  ]
  listening.get('b')?.heard(heard)
  listening.get('c')?.lost('no connection')
  clock.advance(FLUSH_MS)
  const late = new TestSink()
  all.feed.attach(late)
  assert.deepEqual(late.kinds, [
    'hello',
    'snapshot',
    'peer',
    'snapshot',
    'election',
    'status',
    'peer',
  ])
  assert.equal(late.events[5]?.['state'], 2)
  assert.deepEqual([late.events[6]?.['peer'], late.events[6]?.['reachable']], ['c', false])
})

test('L11 what another node, or nobody, says at a peer’s address is not passed on', () => {
  const { all, listening, clock, say } = cluster()
  const sink = new TestSink()
  all.feed.attach(sink)
  const b = listening.get('b')
  for (const text of [
    say('c', 'thing'),
    'nonsense',
    '{}',
    `${say('b', 'thing').slice(0, -1)}\n}`,
    'null',
    '[1]',
  ]) {
    assert.equal(b?.heard([say('b', 'thing'), text]), false, text)
  }
  clock.advance(FLUSH_MS)
  assert.equal(sink.kinds.includes('thing'), false)
  assert.ok(sink.events.every(({ reachable }) => reachable !== true))
})

test('members that come and go are followed', () => {
  const { all, listening, clock, members, say } = cluster()
  const sink = new TestSink()
  all.feed.attach(sink)
  members.delete('c')
  members.set('d', 'host:3').set('b', 'host:9')
  const before = listening.get('b')
  clock.advance(1100)
  assert.deepEqual([...listening.keys()].toSorted(), ['b', 'd'])
  assert.notEqual(listening.get('b'), before, 'a new address is a new way')
  listening.get('d')?.heard([say('d', 'thing')])
  clock.advance(FLUSH_MS)
  assert.ok(sink.events.some(({ node, kind }) => node === 'd' && kind === 'thing'))
})
