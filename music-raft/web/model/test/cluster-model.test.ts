import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RAFT_STORY } from '../../../server/event-stream/types.ts'
import { ClusterModel } from '../cluster-model.ts'
import { MOST_HAPPENINGS } from '../happenings.ts'
import { MOST_ARROWS, MOST_BUNDLES } from '../messages.ts'
import { clusterView } from '../node-views.ts'
import { MOST_MARKS } from '../roles.ts'
import { lineOf } from '../words.ts'
import { AHEAD, BEGIN, cluster, hello, leader, members, peer, state, Teller } from './events.ts'

test('who leads, in which term and since when, by this page’s clock', () => {
  const { model, now } = cluster()
  const { leadership, voters, votersHeard, commitIndex } = clusterView(model, now())
  assert.deepEqual(leadership, { kind: 'leader', id: 1, term: 3, since: BEGIN + AHEAD })
  assert.deepEqual([voters, votersHeard, commitIndex], [3, 3, 20])
})

test('an election is seen event by event, before any status', () => {
  const { model, tellers, take, now, pass } = cluster()
  pass(500)
  take(
    tellers[1].tell('roleChanged', {
      role: 'candidate',
      term: 4,
      leaderId: null,
      reason: 'electionTimeout',
    }),
    tellers[1].tell('voteCast', {
      candidateId: 2,
      term: 4,
      preVote: false,
      granted: true,
      reason: 'granted',
    }),
  )
  assert.equal(clusterView(model, now()).leadership.kind, 'none')
  const candidate = model.reader.node('2')?.state
  assert.deepEqual([candidate?.role, candidate?.votedFor], ['candidate', 2])
  take(
    tellers[1].tell('roleChanged', { role: 'leader', term: 4, leaderId: 2, reason: 'won' }),
    tellers[1].tell('becameLeader', { term: 4, index: 21 }),
  )
  const { leadership } = clusterView(model, now())
  assert.deepEqual(leadership, { kind: 'leader', id: 2, term: 4, since: BEGIN + 500 + AHEAD })
})

test('a leader of an old term is not called the leader', () => {
  const { model, tellers, take, now } = cluster()
  take(tellers[1].status(state(2, { role: 'leader', term: 9, leaderId: 2 })))
  const { leadership } = clusterView(model, now())
  assert.deepEqual([leadership.kind, 'id' in leadership && leadership.id], ['leader', 2])
})

test('a leader that is not heard is claimed by those who follow it alone', () => {
  const { model, tellers, take, now } = cluster()
  const asked = new Teller(2)
  asked.sequence = tellers[1].sequence
  const through2 = new ClusterModel({ kind: 'live', since: 0 })
  through2.take(
    [
      hello(asked),
      asked.snapshot(state(2)),
      peer(asked, 1, false, null),
      peer(asked, 3, true, BEGIN),
      tellers[2].snapshot(state(3)),
    ],
    BEGIN + AHEAD,
  )
  const view = clusterView(through2, BEGIN + AHEAD)
  assert.deepEqual(view.leadership, { kind: 'unheard', id: 1, term: 3, by: [2, 3] })
  assert.equal(view.votersHeard, 2)
  assert.equal(view.nodes.find(({ id }) => id === 1)?.knowledge, 'never')
  // The model that hears it says so.
  take(tellers[0].status(leader()))
  assert.equal(clusterView(model, now()).leadership.kind, 'leader')
})

test('a node that is not reached is as old as it was last heard, and its match is not claimed by itself', () => {
  const { model, tellers, take, now, pass } = cluster()
  pass(4000)
  take(peer(tellers[0], 3, false, BEGIN + 1000), tellers[0].status(leader()))
  const third = clusterView(model, now()).nodes.find(({ id }) => id === 3)
  assert.equal(third?.knowledge, 'stale')
  assert.equal(third?.heardAt, BEGIN + 1000 + AHEAD)
  assert.match(third?.reason ?? '', /node 1 cannot reach it: refused/)
})

test('silence alone makes a state stale', () => {
  const { model, tellers, take, now, pass } = cluster()
  pass(10_000)
  take(tellers[0].status(leader()))
  const knowledge = clusterView(model, now()).nodes.map((node) => node.knowledge)
  assert.deepEqual(knowledge, ['live', 'stale', 'stale'])
})

test('without a connection nothing is claimed: neither leader nor commits', () => {
  const { model, now } = cluster()
  model.connected({ kind: 'lost', since: now(), before: now(), reason: 'gone', retryAt: 0 })
  const { leadership, votersHeard, commitIndex, live } = clusterView(model, now())
  assert.deepEqual(leadership, { kind: 'unknown', id: 1, term: 3 })
  assert.deepEqual([votersHeard, commitIndex, live], [0, null, false])
  assert.deepEqual([...model.blind], [{ from: BEGIN, until: null }])
  model.connected({ kind: 'lost', since: now() + 9, before: now(), reason: 'gone', retryAt: 0 })
  model.connected({ kind: 'live', since: now() + 700 })
  assert.deepEqual([...model.blind], [{ from: BEGIN, until: BEGIN + 700 }])
})

test('another process behind a gateway: what the first one heard is no news any more', () => {
  const { model, tellers, take, now } = cluster()
  take(peer(tellers[0], 3, false, null))
  const { sequence } = tellers[1]
  const second = Object.assign(new Teller(2), { sequence })
  take(hello(second))
  assert.equal(model.reach.size, 0)
  take(second.snapshot(state(2)), peer(second, 3, true, BEGIN))
  assert.equal(model.asked, '2')
  assert.equal(model.reach.has('1'), false)
  take(tellers[2].status(state(3)))
  assert.equal(clusterView(model, now()).nodes.find(({ id }) => id === 3)?.knowledge, 'live')
})

test('a restart is told, and the state of the run before is gone', () => {
  const { model, take, now } = cluster()
  const again = new Teller(2, 'another', BEGIN + 2000)
  take(again.snapshot(state(2, { lastIndex: 3, commitIndex: 0, lastApplied: 0, term: 3 })))
  const second = clusterView(model, now()).nodes.find(({ id }) => id === 2)
  assert.deepEqual([second?.restarts, second?.state?.lastIndex], [1, 3])
  assert.ok(model.happenings.list.some(({ event }) => event.kind === 'restarted'))
})

test('the story told again is no second story', () => {
  const { model, tellers, take } = cluster()
  const won = tellers[1].tell('becameLeader', { term: 4, index: 21 })
  take(won)
  take(tellers[1].snapshot(state(2), [won]))
  take(won)
  assert.equal(model.happenings.list.filter(({ event }) => event.kind === 'becameLeader').length, 1)
})

test('what happened is in order of time, however it came', () => {
  const { model, take } = cluster()
  const [early, late] = [new Teller(8, 's8', BEGIN - 100), new Teller(9, 's9', BEGIN + 100)]
  take(late.tell('electionTimeout', { term: 1 }), early.tell('electionTimeout', { term: 1 }))
  const times = model.happenings.list.map(({ time }) => time)
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  )
})

test('the newest membership counts, whoever told it', () => {
  const { model, tellers, take, now } = cluster()
  take(tellers[2].status(state(3, { members: members([1, 2, 3, 4]), membershipIndex: 30 })))
  const view = clusterView(model, now())
  assert.equal(view.voters, 4)
  assert.equal(view.nodes.find(({ id }) => id === 4)?.knowledge, 'never')
})

test('whoever is no member stays as long as it is heard, and a minute longer', () => {
  const { model, tellers, take, now, pass } = cluster()
  take(tellers[0].status(leader({ members: members([1, 2]), membershipIndex: 50 })))
  const ids = () => clusterView(model, now()).nodes.map(({ id }) => id)
  assert.deepEqual(ids(), [1, 2, 3])
  pass(59_000)
  assert.deepEqual(ids(), [1, 2, 3])
  pass(2000)
  assert.deepEqual(ids(), [1, 2])
})

test('a commit is counted once, whoever told of it first', () => {
  const { model, tellers, take, pass } = cluster()
  pass(2500)
  take(tellers[0].tell('committed', { index: 25, term: 3 }))
  take(tellers[1].tell('committed', { index: 25, term: 3 }))
  take(tellers[2].tell('committed', { index: 24, term: 3 }))
  const series = model.rates.series('committed', BEGIN + 4000, 4)
  assert.deepEqual(series.at(2), 5)
})

test('after a silence nobody knows in which second entries were committed', () => {
  const { model, tellers, take, pass } = cluster()
  pass(60_000)
  take(tellers[0].status(leader({ commitIndex: 5000 })))
  pass(1000)
  const series = model.rates.series('committed', BEGIN + 61_000, 60)
  assert.equal(series.at(-1), 0)
  assert.ok(
    series.slice(10, -1).every((value) => value === null),
    'nothing is claimed of them',
  )
})

test('memory is bounded, whatever comes', () => {
  const { model, tellers, take, pass } = cluster()
  for (let round = 0; round < 15_000; round += 1) {
    pass(10)
    const message = { type: 'AppendEntries', from: 1, to: 2, term: 3, number: round, entries: 1 }
    const role = round % 2 === 0 ? 'follower' : 'candidate'
    take(
      tellers[0].tell('message', { direction: 'sent', ...message }),
      tellers[0].tell('messages', {
        spanMs: 100,
        counts: [{ direction: 'sent', type: 'AppendEntries', peer: 2, count: 3 }],
      }),
      tellers[1].tell('roleChanged', { role, term: round, leaderId: null, reason: 'lost' }),
    )
    if (round % 100 === 0)
      model.connected({ kind: 'lost', since: 1, before: 1, reason: '', retryAt: 0 })
    if (round % 100 === 50) model.connected({ kind: 'live', since: 1 })
  }
  const { messages, happenings, roles, rates } = model
  assert.equal(messages.arrows.length, MOST_ARROWS)
  assert.equal(messages.pairable, MOST_ARROWS)
  assert.equal(messages.bundles.length, MOST_BUNDLES)
  assert.equal(happenings.list.length, MOST_HAPPENINGS)
  assert.ok(happenings.forgotten > 0)
  assert.ok(roles.marksOf(2).length <= MOST_MARKS)
  assert.ok(rates.size <= 320)
  assert.ok([...model.blind].length <= 200)
})

test('every kind of the story has words of its own', () => {
  const told = { ...{ term: 1, index: 1, candidateId: 2, from: 3, peer: 4, id: 5, target: 6 } }
  const configuration = { voters: [{ id: 1, address: '' }], learners: [] }
  for (const kind of RAFT_STORY) {
    const event = new Teller(1).tell(kind, {
      ...told,
      role: 'follower',
      leaderId: 2,
      configuration,
    })
    const { text } = lineOf(event)
    assert.notEqual(text, kind)
    assert.doesNotMatch(text, /\[object|NaN/)
  }
})
