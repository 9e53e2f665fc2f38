import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { PATIENT, RaftCluster } from './cluster.ts'

const ESTABLISHED = '01'

/** The TCP connections to the peer ports, as the kernel counts them: "from port:to port". */
function connections({ nodes }: RaftCluster): Set<string> {
  const ports = new Set(nodes.map(({ peerAddress }) => Number(peerAddress.split(':')[1])))
  const found = new Set<string>()
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)) {
    const [, local = '', remote = '', state] = line.trim().split(/\s+/)
    const [from, to] = [local, remote].map((end) => Number.parseInt(end.split(':')[1] ?? '', 16))
    if (state === ESTABLISHED && ports.has(Number(to))) found.add(`${from}:${to}`)
  }
  return found
}

// They wait more than they work.
describe('connections between nodes', { concurrency: 2, timeout: 300_000 }, () => {
  test('T1 T3 a peer that was down for long is reached again at once, by no more connections', async () => {
    await using cluster = await RaftCluster.start({ size: 3, env: PATIENT })
    const leader = await cluster.leader()
    const [away] = cluster.followers(leader)
    assert(away !== undefined)
    await away.child.end('SIGKILL')
    // Delays that grew without a bound would now be of 8 s and more, whatever they began with.
    await sleep(20_000)
    await leader.add('meanwhile')
    const from = away.child.lines.length
    away.child.start()
    await away.child.line(/serves clients on port/, { from })
    const began = performance.now()
    await away.child.line(/runs RPC AppendEntries called by/, { from })
    const tookMs = performance.now() - began
    assert(tookMs < 4000, `heard of the leader after ${tookMs} ms`)
    await cluster.leader()
    await cluster.agree()
    for (const node of cluster.nodes) await node.add(`from-${node.id}`)
    assert.equal((await away.ids()).length, 4)
    const pairs = cluster.nodes.length * (cluster.nodes.length - 1)
    const { size } = connections(cluster)
    assert(size <= 2 * pairs, `${size} connections for ${pairs} pairs, two each at most`)
  })

  // Ten minutes at the shipped timers are some 200 pings to a connection, which is too long for a
  // test. Who counts pings allows two too many, and cuts at the third: some more are as good.
  test('T5 connections without a call outlast the pings that keep them, and serve', async () => {
    await using cluster = await RaftCluster.start({ size: 3, env: PATIENT })
    await cluster.agree()
    for (const node of cluster.nodes) await node.add(`warm-${node.id}`)
    const before = connections(cluster)
    assert(before.size >= 4, `only ${before.size} connections`)
    const pings = 6
    await sleep((pings + 0.5) * Number(PATIENT.ELECTION_TIMEOUT_MAX_MS))
    const now = connections(cluster)
    for (const each of before) assert(now.has(each), `${each} was cut; there are ${[...now]}`)
    for (const node of cluster.nodes) {
      assert.equal((await node.add(`late-${node.id}`)).code, 'APPLIED')
      const trouble = node.child.lines.find((line) => /too_many_pings|GOAWAY/.test(line))
      assert.equal(trouble, undefined)
    }
  })
})
