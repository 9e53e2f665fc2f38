import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { type Node, PATIENT, RaftCluster } from '../../music-raft/test/cluster.ts'
import type { Track__Output } from '../../protos/types/queue/Track.ts'
import { eventually } from '../child.ts'
import { RaftPage } from './raft-page.ts'
import { OFFLINE, openBrowser } from './tab.ts'

let browser: Browser
let cluster: RaftCluster

before(async () => {
  ;[browser, cluster] = await Promise.all([
    openBrowser(),
    RaftCluster.start({ size: 3, env: PATIENT }),
  ])
})

beforeEach(async () => {
  for (const { child } of cluster.nodes) if (!child.running) child.start()
})

after(async () => {
  await browser?.close()
  await cluster?.stop()
})

async function cast(): Promise<{ leader: Node; follower: Node }> {
  const leader = await cluster.leader()
  const [follower] = cluster.followers(leader)
  assert.ok(follower !== undefined)
  return { leader, follower }
}

async function votesOf(node: Node, id: string): Promise<number> {
  return (await node.call<Track__Output>('queue', 'GetMetadata', { id })).reply.votes
}

test('add, vote, remove, play and history through the page; what others do appears', async () => {
  const { leader, follower } = await cast()
  await using raft = await RaftPage.open(browser, follower)
  await raft.show('Queue')
  await raft.add({ id: 'a', title: 'First', artist: 'Somebody' })
  await raft.track('a').waitFor()
  await raft.add({ id: 'b', title: 'Second' })
  await raft.track('b').waitFor()
  assert.deepEqual(await leader.ids(), ['a', 'b'])
  await raft.track('b').getByRole('button', { name: 'Upvote Second' }).click()
  await eventually('it moves up', async () => (await raft.queue())[0] === 'b')
  assert.equal(await votesOf(leader, 'b'), 1)
  for (let times = 0; times < 2; times += 1)
    await raft.track('b').getByRole('button', { name: 'Downvote Second' }).click()
  await eventually('it moves down', async () => (await raft.queue())[0] === 'a')
  await raft.settled()
  assert.equal(await votesOf(leader, 'b'), -1)
  await leader.add('c')
  await raft.track('c').waitFor()
  await raft.track('b').getByRole('button', { name: 'Remove Second' }).click()
  await raft.track('b').waitFor({ state: 'detached' })
  await raft.page.getByRole('button', { name: 'Play next' }).click()
  await raft.track('a').waitFor({ state: 'detached' })
  assert.deepEqual(await leader.ids(), ['c'])
  assert.deepEqual(await leader.ids('GetHistory'), ['a'])
  const history = raft.page.getByRole('region', { name: 'History', exact: true })
  await history.getByTestId('played').getByText('First').waitFor()
  await raft.tab.assertSound()
})

test('what is wrong in the form is said, and nothing is sent; a track that is queued is no second one', async () => {
  const { leader, follower } = await cast()
  await using raft = await RaftPage.open(browser, follower)
  await raft.show('Queue')
  const before = await leader.ids()
  const alert = raft.page.getByTestId('add-form').getByRole('alert')
  await raft.add({ id: 'bad', title: 'x'.repeat(513) })
  await alert.getByText(/title.*512/i).waitFor()
  await raft.add({ id: 'bad', title: 'Bad', length: 'soon' })
  await alert.getByText(/length/i).waitFor()
  assert.deepEqual(await leader.ids(), before)
  await raft.add({ id: 'twice', title: 'Twice' })
  await raft.track('twice').waitFor()
  await raft.add({ id: 'twice', title: 'Twice again' })
  await raft.page.locator('[data-testid=change][data-state=noEffect]').waitFor()
  assert.equal((await leader.ids()).filter((id) => id === 'twice').length, 1)
  await raft.tab.assertSound()
})

test('the leader is killed amid votes: each takes effect once', async () => {
  const { leader, follower } = await cast()
  await using raft = await RaftPage.open(browser, follower)
  raft.tab.expect(/status of (503|504)/)
  await raft.show('Queue')
  await raft.add({ id: 'voted', title: 'Voted' })
  const up = raft.track('voted').getByRole('button', { name: 'Upvote Voted' })
  for (let votes = 0; votes < 3; votes += 1) await up.click()
  await leader.child.end('SIGKILL')
  for (let votes = 3; votes < 8; votes += 1) await up.click()
  await raft.track('voted').getByTestId('votes').getByText('8', { exact: true }).waitFor()
  await raft.settled()
  assert.equal(await votesOf(follower, 'voted'), 8)
  leader.child.start()
  await cluster.leader()
  await raft.tab.assertSound()
})

test('the node that serves the page is killed amid votes: the page asks it again, each takes effect once', async () => {
  const { leader, follower } = await cast()
  await using raft = await RaftPage.open(browser, follower)
  raft.tab.expect(OFFLINE)
  raft.tab.expect(/status of (503|504)/)
  await raft.show('Queue')
  await raft.add({ id: 'kept', title: 'Kept' })
  const up = raft.track('kept').getByRole('button', { name: 'Upvote Kept' })
  await up.click()
  for (let votes = 1; votes < 4; votes += 1) await up.click()
  await follower.child.end('SIGKILL')
  await up.click()
  await raft.connected('lost')
  follower.child.start()
  await raft.connected('live')
  await raft.settled()
  assert.equal(await votesOf(leader, 'kept'), 5)
  await raft.track('kept').getByTestId('votes').getByText('5', { exact: true }).waitFor()
  await raft.tab.assertSound()
})
