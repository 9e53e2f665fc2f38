import { type Node, RaftCluster } from '../../../music-raft/test/cluster.ts'
import { eventually } from '../../child.ts'
import type { Studio } from './scenario.ts'

const TIMERS = {
  HEARTBEAT_INTERVAL_MS: '1000',
  ELECTION_TIMEOUT_MIN_MS: '1500',
  ELECTION_TIMEOUT_MAX_MS: '3000',
}

const TRACKS = [
  ['Quorum of Three', 'The Followers'],
  ['Heartbeat', 'Term Seven'],
  ['No-op at Dawn', 'The Leaders'],
  ['Log Matching', 'Prev & Next'],
  ['Split Vote Blues', 'The Candidates'],
  ['Snapshot from Here', 'Compaction'],
  ['Linearizable You', 'Read Index'],
  ['Commit to Me', 'Majority'],
  ['Exactly Once', 'The Followers'],
  ['Partition', 'Minority Report'],
  ['Retry', 'Backoff'],
  ['Torn Tail', 'The Segments'],
] as const

/** Match, commit, applied and last of each node that is heard are one number. */
const IN_STEP = `(() => {
  const rows = [...document.querySelectorAll('[data-testid^=log-].live')]
  const numbers = rows.flatMap((row) => [...row.querySelectorAll('.number')].slice(-4))
  return rows.length === 4 && new Set(numbers.map((each) => each.textContent)).size === 1
})()`

/** A queue, an election after the leader was killed, the old leader back behind, one node away. */
export async function raftScenario({ open, shoot }: Studio): Promise<void> {
  await using cluster = await RaftCluster.start({ env: TIMERS })
  const first = await cluster.leader()
  const [shown, away] = cluster.followers(first)
  if (shown === undefined || away === undefined) throw new Error('no followers')
  const tabs = await open(`http://127.0.0.1:${shown.httpPort}/`)
  await fill(first)
  await first.child.end('SIGKILL')
  const second = await cluster.leader()
  await vote(second)
  first.child.start()
  await cluster.leader()
  const victim = second === away ? cluster.followers(second).find((node) => node !== shown) : away
  await victim?.child.end('SIGKILL')
  for (const { page } of tabs) {
    await page.locator(`[data-testid=node-${victim?.id}][data-knowledge=stale]`).waitFor()
  }
  const work = busy(second)
  await eventually('the queue moves', () => work.done() > 20)
  await shoot('-messages', 'messages')
  await work.stop()
  for (const tab of tabs) await tab.until('all that are heard are in step', IN_STEP)
  await shoot()
  for (const { page } of tabs) {
    await page.getByRole('tab', { name: 'Queue' }).click()
    await page.getByTestId('played').nth(2).waitFor()
  }
  await shoot('-queue')
}

async function fill(node: Node): Promise<void> {
  for (const [at, [title, artist]] of TRACKS.entries()) {
    const track = { id: String(100 + at), title, artist, duration: 150 + at * 7 }
    await node.call('queue', 'AddTrack', track)
  }
  for (const [id, votes] of [
    [104, 3],
    [108, 2],
    [101, 1],
  ] as const) {
    for (let at = 0; at < votes; at += 1)
      await node.call('queue', 'VoteTrack', { id: String(id), up: true })
  }
  for (let at = 0; at < 3; at += 1) await node.call('queue', 'PlayNext')
}

async function vote(node: Node): Promise<void> {
  for (const id of ['105', '105', '110']) await node.call('queue', 'VoteTrack', { id, up: true })
}

/** Votes, one after the other, until it is stopped. */
function busy(node: Node) {
  let [done, stopped] = [0, false]
  const run = async () => {
    for (; !stopped; done += 1)
      await node.call('queue', 'VoteTrack', { id: '105', up: done % 2 === 0 })
  }
  const running = run()
  return {
    done: () => done,
    stop: async () => {
      stopped = true
      await running
    },
  }
}
