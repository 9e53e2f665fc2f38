import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { PATIENT, RaftCluster } from '../../music-raft/test/cluster.ts'
import type { Track__Output } from '../../protos/types/queue/Track.ts'
import { eventually } from '../child.ts'
import { RaftPage } from './raft-page.ts'
import { OFFLINE, openBrowser } from './tab.ts'

let browser: Browser

before(async () => {
  browser = await openBrowser()
})

after(async () => {
  await browser?.close()
})

async function votesOf(cluster: RaftCluster, id: string): Promise<number> {
  const [node] = cluster.running
  assert.ok(node !== undefined)
  return (await node.call<Track__Output>('queue', 'GetMetadata', { id })).reply.votes
}

test('add, vote, remove, play and history through the page, and what others do appears', async () => {
  await using cluster = await RaftCluster.start({ size: 3, env: PATIENT })
  const leader = await cluster.leader()
  const [follower] = cluster.followers(leader)
  assert.ok(follower !== undefined)
  await using raft = await RaftPage.open(browser, follower)
  const { page } = raft
  await raft.add({ id: 'a', title: 'First', artist: 'Somebody' })
  await raft.track('a').waitFor()
  await raft.add({ id: 'b', title: 'Second' })
  await raft.track('b').waitFor()
  assert.deepEqual(await leader.ids(), ['a', 'b'])
  await raft.track('b').getByRole('button', { name: 'Upvote Second' }).click()
  await eventually('it moves up', async () => (await raft.queue())[0] === 'b')
  assert.equal(await votesOf(cluster, 'b'), 1)
  await raft.track('b').getByRole('button', { name: 'Downvote Second' }).click()
  await eventually('it moves down', async () => (await raft.queue())[0] === 'a')
  await leader.add('c')
  await raft.track('c').waitFor()
  await raft.track('b').getByRole('button', { name: 'Remove Second' }).click()
  await raft.track('b').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Play next' }).click()
  await raft.track('a').waitFor({ state: 'detached' })
  assert.deepEqual(await leader.ids(), ['c'])
  assert.deepEqual(await leader.ids('GetHistory'), ['a'])
  await page.getByRole('region', { name: 'History' }).getByText('First').waitFor()
  await raft.tab.assertSound()
})

test('the leader is killed amid votes: each counts once, the timeline shows the new one, the old comes back', async () => {
  await using cluster = await RaftCluster.start({ env: PATIENT })
  const leader = await cluster.leader()
  const [follower] = cluster.followers(leader)
  assert.ok(follower !== undefined)
  await using raft = await RaftPage.open(browser, follower)
  raft.tab.expect(/status of (503|504)/)
  await raft.add({ id: 'voted', title: 'Voted' })
  await raft.track('voted').waitFor()
  await raft.node(leader, '[data-role=leader][data-heard=yes]').waitFor()
  const up = raft.track('voted').getByRole('button', { name: 'Upvote Voted' })
  for (let votes = 0; votes < 3; votes += 1) await up.click()
  await leader.child.end('SIGKILL')
  for (let votes = 3; votes < 6; votes += 1) await up.click()
  const next = await cluster.leader()
  const { term } = await next.status()
  await raft.node(leader, '[data-heard=no]').waitFor()
  await raft.node(next, '[data-role=leader]').waitFor()
  const event = `[data-testid=timeline-event][data-kind=becameLeader][data-node="${next.id}"][data-term="${term}"]`
  await raft.page.locator(event).waitFor({ state: 'attached' })
  await raft.track('voted').getByText('6').first().waitFor()
  assert.equal(await votesOf(cluster, 'voted'), 6)
  leader.child.start()
  await raft.node(leader, '[data-role=follower][data-heard=yes]').waitFor()
  await raft.tab.assertSound()
})

test('who cannot be heard is named; the page goes on when the node that serves it comes back', async () => {
  await using cluster = await RaftCluster.start({ size: 3, env: PATIENT })
  const leader = await cluster.leader()
  const [shown, other] = cluster.followers(leader)
  assert.ok(shown !== undefined && other !== undefined)
  await using raft = await RaftPage.open(browser, shown)
  raft.tab.expect(OFFLINE)
  await raft.node(other, '[data-heard=yes]').waitFor()
  await other.child.end('SIGKILL')
  await raft.node(other, '[data-heard=no]').waitFor()
  await shown.child.end('SIGKILL')
  await raft.connected('lost')
  const heard = raft.page.locator('[data-testid=node][data-heard=yes]')
  await eventually('nobody is claimed to be heard', async () => (await heard.count()) === 0)
  other.child.start()
  shown.child.start()
  await raft.connected('live')
  for (const node of cluster.nodes) await raft.node(node, '[data-heard=yes]').waitFor()
  await raft.tab.assertSound()
})

test('a node that hangs is not claimed to live', async (t) => {
  await using cluster = await RaftCluster.start({ size: 3, env: PATIENT })
  const [shown] = cluster.followers(await cluster.leader())
  assert.ok(shown !== undefined)
  await using raft = await RaftPage.open(browser, shown)
  t.after(() => shown.child.signal('SIGCONT'))
  shown.child.signal('SIGSTOP')
  await raft.connected('lost')
  shown.child.signal('SIGCONT')
  await raft.connected('live')
})
