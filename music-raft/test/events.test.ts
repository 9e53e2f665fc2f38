import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { eventually } from '../../test/child.ts'
import { assertNoHoles, EventSourceClient, type Seen } from '../../test/event-source.ts'
import { type Node, RaftCluster } from './cluster.ts'

const watch = (node: Node, headers = {}) =>
  EventSourceClient.open(`http://127.0.0.1:${node.httpPort}/events?cluster=1`, headers)

const fits =
  (node: Node, kind: string, more: Readonly<Record<string, unknown>> = {}) =>
  (event: Seen) =>
    event.node === String(node.id) &&
    event.kind === kind &&
    Object.entries(more).every(([key, value]) => event[key] === value)

test('one URL shows the cluster: who leads, writes, a leader that dies and comes back', async (t) => {
  await using cluster = await RaftCluster.start({ size: 3 })
  const leader = await cluster.leader()
  const [node, other] = cluster.followers(leader)
  assert.ok(node !== undefined && other !== undefined)
  const viewer = await watch(node)
  t.after(() => viewer.close())
  for (const each of cluster.nodes) {
    const { state } = await viewer.until(`a picture of ${each.id}`, fits(each, 'snapshot'))
    const { role, leaderId } = state as { role: string; leaderId: number }
    assert.deepEqual([role === 'leader', leaderId], [each === leader, leader.id])
  }
  await node.add('<script>alert(1)</script>')
  await viewer.until('the call', fits(node, 'call', { direction: 'received', rpc: 'AddTrack' }))
  await viewer.until(
    'its forwarding',
    fits(leader, 'call', { rpc: 'AddTrack', peer: String(node.id) }),
  )
  for (const each of cluster.nodes) {
    await viewer.until('its entry', (event) => {
      const commands = event['commands'] as Record<string, number> | undefined
      return fits(each, 'applied')(event) && commands?.['ADD'] === 1
    })
  }
  const sent = await viewer.until(
    'a heartbeat',
    fits(leader, 'message', { to: node.id, entries: 0 }),
  )
  const { number } = sent
  const same = { type: 'AppendEntries', direction: 'received', from: leader.id, number }
  await viewer.until('its arrival', fits(node, 'message', same))
  const before = viewer.events.find(fits(leader, 'status'))?.start
  await leader.child.end('SIGKILL')
  const gone = await viewer.until(
    'it is not heard',
    fits(node, 'peer', { peer: String(leader.id), reachable: false }),
  )
  assert.ok(Number(gone['since']) > 0 && gone['reason'] !== '')
  const from = viewer.events.length
  await viewer.until('an election is won', ({ kind }) => kind === 'becameLeader')
  leader.child.start()
  const isBack = (event: Seen) =>
    viewer.events.indexOf(event) >= from && fits(leader, 'snapshot')(event)
  const { start } = await viewer.until('it is heard again', isBack)
  assert.notEqual(start, before, 'a restart has a name of its own')
  assertNoHoles(viewer.events)
  await goesOn(t, node, viewer)
})

async function goesOn(t: TestContext, node: Node, viewer: EventSourceClient): Promise<void> {
  viewer.close()
  const seen = viewer.events.length
  const again = await watch(node, { 'last-event-id': viewer.lastId })
  t.after(() => again.close())
  const hello = await again.until('a greeting', ({ kind }) => kind === 'hello')
  assert.deepEqual([hello['resumed'], hello['missed']], ['continued', 0])
  assert.ok(seen > 0)
}

test('T9 music-queue watch --events tells the same, through a node’s death, until it is interrupted', async () => {
  await using cluster = await RaftCluster.start({ size: 3 })
  const endpoints = cluster.nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')
  const cli = join(import.meta.dirname, '../client/cli.js')
  const brief = await promisify(execFile)(process.execPath, [
    cli,
    '--endpoints',
    endpoints,
    'watch',
    '--events',
    '--count',
    '2',
  ])
  assert.match(
    brief.stdout,
    /^\S+ {2}Node \d {2}tells of .*\n\S+ {2}Node \d {2}is (leader|follower), .*\n$/,
  )
  const child = spawn(
    process.execPath,
    [cli, '--endpoints', endpoints, '--json', 'watch', '--events'],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const exit = once(child, 'close')
  const events: Seen[] = []
  const errors: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => events.push(JSON.parse(line)))
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line))
  await eventually('all nodes are shown', () => {
    const shown = events.filter(({ kind }) => kind === 'snapshot').map(({ node }) => node)
    return new Set(shown).size === 3
  })
  const asked = cluster.node(Number(events[0]?.node))
  await asked.child.end('SIGKILL')
  await eventually('another node tells', () =>
    events.some(({ kind, node }) => kind === 'hello' && node !== String(asked.id)),
  )
  assert.match(errors.join('\n'), new RegExp(`^music-queue: node ${asked.id} is not heard: `, 'm'))
  child.kill('SIGINT')
  assert.deepEqual(await exit, [0, null])
})
