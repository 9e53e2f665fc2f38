import { randomUUID } from 'node:crypto'
import type { LoadClient } from './load/client.ts'
import { connect } from './load/connect.ts'
import { PLACES, type System } from './system.ts'

const PROBE_EVERY_MS = 10
const MOST_PROBES = 200
const GIVE_UP_MS = 120_000

/** kill -9 of the leader until a write is acknowledged through another node, milliseconds. */
export async function failover(system: System): Promise<number> {
  const leader = await system.settled()
  const client = connect(system.client, system.addresses)
  try {
    for (const at of PLACES) await client.call('write', at, worker(), 1) // all channels are open
    const began = performance.now()
    await system.kill(leader)
    await firstWrite(client, leader)
    return performance.now() - began
  } finally {
    client.close()
    system.launch(leader)
  }
}

/** A new write every few milliseconds, at each survivor in turn, until one is acknowledged. */
function firstWrite(client: LoadClient, dead: number): Promise<void> {
  const survivors = PLACES.filter((at) => at !== dead)
  const began = performance.now()
  let [sent, underWay] = [0, 0]
  return new Promise((resolve, reject) => {
    const probe = () => {
      if (performance.now() - began > GIVE_UP_MS) {
        clearInterval(timer)
        reject(new Error('no write was acknowledged after the leader was killed'))
        return
      }
      if (underWay >= MOST_PROBES) return
      const at = survivors[sent % survivors.length] ?? 0
      sent += 1
      underWay += 1
      client
        .call('write', at, worker(), 1)
        .then(
          () => {
            clearInterval(timer)
            resolve()
          },
          () => undefined, // nobody leads yet
        )
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
