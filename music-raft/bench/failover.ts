import { randomUUID } from 'node:crypto'
import { PLACES, type System } from './system.ts'

const PROBE_EVERY_MS = 10
const MOST_PROBES = 200

/** kill -9 of the leader until a write is acknowledged again, milliseconds. */
export async function failover(system: System): Promise<number> {
  const leader = await system.settled()
  await system.write(leader, worker(), 1)
  const began = performance.now()
  await system.kill(leader)
  await firstWrite(system, leader)
  const took = Math.round(performance.now() - began)
  system.launch(leader)
  return took
}

/** A new write every few milliseconds, at each survivor in turn, until one is acknowledged. */
function firstWrite(system: System, dead: number): Promise<void> {
  const survivors = PLACES.filter((at) => at !== dead)
  let [sent, underWay] = [0, 0]
  return new Promise((resolve, reject) => {
    const probe = () => {
      if (underWay >= MOST_PROBES) return
      const at = survivors[sent % survivors.length] ?? 0
      sent += 1
      underWay += 1
      system
        .tryWrite(at, worker(), 1)
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
