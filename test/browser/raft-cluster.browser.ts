import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { type Node, PATIENT, RaftCluster } from '../../music-raft/test/cluster.ts'
import { eventually } from '../child.ts'
import { RaftPage } from './raft-page.ts'
import { OFFLINE, openBrowser } from './tab.ts'

let browser: Browser
let cluster: RaftCluster

before(async () => {
  ;[browser, cluster] = await Promise.all([openBrowser(), RaftCluster.start({ env: PATIENT })])
})

beforeEach(async () => {
  for (const { child } of cluster.nodes) if (!child.running) child.start()
})

after(async () => {
  await browser?.close()
  await cluster?.stop()
})

/** The leader, the node whose page is looked at, and another. */
async function cast(): Promise<{ leader: Node; shown: Node; other: Node }> {
  const leader = await cluster.leader()
  const [shown, other] = cluster.followers(leader)
  assert.ok(shown !== undefined && other !== undefined)
  return { leader, shown, other }
}

test('the leader is killed: the page names the new one and its term, and the old one when it is back', async () => {
  const { leader, shown } = await cast()
  await using raft = await RaftPage.open(browser, shown)
  const banner = raft.page.getByRole('region', { name: 'Leader' })
  const term = async (node: Node) => (await node.status()).term
  await banner.getByText(`Node ${leader.id} leads`).waitFor()
  await banner.getByText(`Term ${await term(leader)},`).waitFor()
  await raft.node(leader, '[data-role=leader][data-knowledge=live]').waitFor()
  await leader.child.end('SIGKILL')
  await raft.node(leader, '[data-knowledge=stale]').waitFor()
  const next = await cluster.leader()
  await banner.getByText(`Node ${next.id} leads`).waitFor()
  await banner.getByText(`Term ${await term(next)},`).waitFor()
  await raft.node(next, '[data-role=leader][data-knowledge=live]').waitFor()
  await raft.happened('becameLeader', next, new RegExp(`term ${await term(next)}$`))
  leader.child.start()
  await raft.node(leader, '[data-role=follower][data-knowledge=live]').waitFor()
  assert.equal(await raft.heard(), 5)
  await raft.tab.assertSound()
})

test('who cannot be heard is named; the page goes on when the node that serves it comes back', async () => {
  const { shown, other } = await cast()
  await using raft = await RaftPage.open(browser, shown)
  raft.tab.expect(OFFLINE)
  await eventually('all are heard', async () => (await raft.heard()) === 5)
  await other.child.end('SIGKILL')
  await raft
    .node(other, '[data-knowledge=stale]')
    .getByText(/^Not heard/)
    .waitFor()
  assert.equal(await raft.heard(), 4)
  await shown.child.end('SIGKILL')
  await raft.connected('lost')
  await eventually('nobody is claimed to be heard', async () => (await raft.heard()) === 0)
  other.child.start()
  shown.child.start()
  await raft.connected('live')
  await eventually('all are heard', async () => (await raft.heard()) === 5)
  await raft.tab.assertSound()
})

test('of a node that hangs nothing is claimed, of those behind it neither', async (t) => {
  const { shown } = await cast()
  await using raft = await RaftPage.open(browser, shown)
  await eventually('all are heard', async () => (await raft.heard()) === 5)
  t.after(() => shown.child.signal('SIGCONT'))
  shown.child.signal('SIGSTOP')
  await eventually('nobody is claimed to be heard', async () => (await raft.heard()) === 0)
  shown.child.signal('SIGCONT')
  await eventually('all are heard', async () => (await raft.heard()) === 5)
})

test('messages can be stopped, slowed down and read; the present is a button away', async () => {
  const { leader, shown } = await cast()
  await using raft = await RaftPage.open(browser, shown)
  const messages = raft.page.getByRole('region', { name: 'Messages', exact: true })
  await messages.scrollIntoViewIfNeeded()
  const behind = messages.getByTestId('messages-behind')
  const text = async () => (await behind.textContent()) ?? ''
  await leader.add('seen')
  await messages.getByText(/^[1-9]\d* messages? in sight/).waitFor()
  await messages.getByRole('button', { name: 'Pause' }).click()
  await eventually('the present goes on without it', async () => /^[\d.]+ s ago/.test(await text()))
  await messages.getByRole('button', { name: 'Go on' }).click()
  await messages.getByRole('button', { name: '10× slower' }).click()
  await eventually('it falls behind', async () => /^[\d.]+ s ago/.test(await text()))
  await messages.getByText(/in sight/).click()
  await messages
    .getByText(/AppendEntries/)
    .first()
    .waitFor()
  await messages.getByRole('button', { name: 'Live' }).click()
  await eventually('it is in the present', async () => (await text()) === 'now')
  await messages.getByRole('button', { name: 'Back' }).press('Enter')
  await eventually('the keyboard steps back', async () => /^[2-9][\d.]* s ago/.test(await text()))
  await messages.getByRole('button', { name: 'Go on' }).click()
  await eventually('and leaves the past again', async () => (await text()) === 'now')
  await raft.tab.assertSound()
})
