import assert from 'node:assert/strict'
import { ids } from '../build.ts'
import { ELECTION_MS, type Lab, type Routine } from './lab.ts'

const CLIENTS = 3
const ROUNDS = 20
const PATIENCE_MS = [10, 20, 50, 100, 200]

/**
 * Three clients write while servers are cut off, crash and come back at random. What a client saw
 * committed at its place must be in the log that all agree on in the end.
 */
export function churn(world: Lab): void {
  const acknowledged: string[] = []
  let over = false
  for (const _ of ids(CLIENTS)) world.spawn(client(world, acknowledged, () => over))
  for (let round = 0; round < ROUNDS; round += 1) {
    if (world.random() < 0.2) world.disconnect(1 + world.below(5))
    if (world.random() < 0.5) {
      const id = 1 + world.below(5)
      if (!world.server(id).alive) world.restart(id)
      world.connect(id)
    }
    if (world.random() < 0.2) world.crash(1 + world.below(5))
    // Not quite long enough for everything to be settled before the next misfortune.
    world.sleep((ELECTION_MS * 7) / 10)
  }
  world.sleep(ELECTION_MS)
  for (const { id, alive } of world.servers) {
    if (!alive) world.restart(id)
    world.connect(id)
  }
  over = true
  world.join()
  world.sleep(ELECTION_MS)

  const last = world.one(5, { retry: true })
  assert(acknowledged.length > ROUNDS, `only ${acknowledged.length} writes were acknowledged`)
  const log = new Set(ids(last).map((index) => world.at(index)))
  for (const text of acknowledged) assert(log.has(text), `${text} was acknowledged and is lost`)
}

function* client(world: Lab, acknowledged: string[], over: () => boolean): Routine {
  while (!over()) {
    const text = world.text()
    let index: number | null = null
    for (const { id } of world.servers) {
      const place = world.start(id, text)
      if (place !== null) index = place.index
    }
    if (index === null) {
      yield 79 + world.below(17)
      continue
    }
    for (const patience of PATIENCE_MS) {
      if (world.at(index) !== null) {
        if (world.at(index) === text) acknowledged.push(text)
        break
      }
      yield patience
    }
  }
}
