import { randomUUID } from 'node:crypto'
import { tryWrite, write } from './load.ts'
import { BenchCluster, NODES, type Timers } from './processes.ts'

const PROBE_EVERY_MS = 10
const MOST_PROBES = 200

/** kill -9 of the leader until a write is acknowledged again, milliseconds, several times. */
export async function benchFailover(timers: Timers, times: number): Promise<readonly number[]> {
  const cluster = await BenchCluster.start(timers)
  const results: number[] = []
  try {
    for (let time = 0; time < times; time++) {
      const leader = await cluster.settled()
      await write(cluster.channels.at(leader - 1), worker(), 1)
      const began = performance.now()
      await cluster.end(leader, 'SIGKILL')
      await firstWrite(cluster, leader)
      results.push(Math.round(performance.now() - began))
      cluster.launch(leader)
    }
  } finally {
    await cluster.stop()
  }
  return results
}

/** A new write every few milliseconds, at each survivor in turn, until one is acknowledged. */
function firstWrite(cluster: BenchCluster, dead: number): Promise<void> {
  const survivors = NODES.filter((id) => id !== dead)
  let [sent, underWay] = [0, 0]
  return new Promise((resolve, reject) => {
    const probe = () => {
      if (underWay >= MOST_PROBES) return
      const id = survivors[sent % survivors.length] ?? 0
      sent += 1
      underWay += 1
      tryWrite(cluster.channels.at(id - 1), worker(), 1)
        .then((acknowledged) => {
          if (!acknowledged) return
          clearInterval(timer)
          resolve()
        }, reject)
        .finally(() => {
          underWay -= 1
        })
    }
    const timer = setInterval(probe, PROBE_EVERY_MS)
    probe()
  })
}

function worker() {
  const clientId = randomUUID()
  return { clientId, name: clientId }
}
