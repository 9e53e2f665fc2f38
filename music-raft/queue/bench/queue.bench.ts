import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Command, encodeCommand, type Operation } from '../command.ts'
import { QueueMachine } from '../queue.ts'
import { QueueRestore } from '../restore.ts'
import { DEFAULT_LIMITS } from '../validate.ts'

// The queue alone, at a million tracks: commands a second, bytes of memory, and the longest step of
// snapshot and restore. `node .test-build/music-raft/queue/bench/queue.bench.js [tracks]`

const TRACKS = Number(process.argv[2] ?? 1_000_000)
const CALLS = 200_000
const { maxTracks, maxHistory, maxSessions } = DEFAULT_LIMITS

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const client = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`

function heap(): number {
  collect()
  return process.memoryUsage().heapUsed
}

/** Milliseconds taken by `work`, and by the slowest of the steps it reports. */
function timed(work: (step: () => void) => void): { total: number; longest: number } {
  const start = performance.now()
  let last = start
  let longest = 0
  work(() => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
  })
  return { total: performance.now() - start, longest }
}

function report(name: string, calls: number, run: (i: number) => void): void {
  const { total, longest } = timed((step) => {
    for (let i = 0; i < calls; i++) {
      run(i)
      step()
    }
  })
  const perSecond = Math.round((calls / total) * 1000).toLocaleString('en')
  const each = ((total / calls) * 1000).toFixed(2)
  console.log(
    `${name.padEnd(34)} ${perSecond.padStart(10)}/s ${each.padStart(8)} µs each, longest ${longest.toFixed(1)} ms`,
  )
}

const machine = new QueueMachine()
let index = 0
function apply(operation: Operation, identity: Command['identity'] = null): void {
  const data = encodeCommand({ identity, operation })
  machine.apply({ index: ++index, command: operation.kind, data })
}

const id = (i: number) => `track-${i}`
const some = (i: number) => id((i * 331_999) % TRACKS)
const add = (i: number): Operation => ({
  kind: 'ADD',
  id: id(i),
  title: `Song number ${i}`,
  artist: `Artist ${i % 5000}`,
  duration: 180 + (i % 200),
  maxTracks: maxTracks * 2,
})

const empty = heap()
report(`add to ${TRACKS.toLocaleString('en')}, encoding too`, TRACKS, (i) => apply(add(i)))
console.log(`memory: ${Math.round((heap() - empty) / TRACKS)} bytes a track`)
report('vote', CALLS, (i) => apply({ kind: 'VOTE', id: some(i), up: i % 3 > 0 }))
report('vote, of 10,000 clients', CALLS, (i) =>
  apply(
    { kind: 'VOTE', id: some(i), up: i % 3 > 0 },
    { clientId: client(i % maxSessions), requestId: i, maxSessions },
  ),
)
report('remove, add again', CALLS / 2, (i) => {
  apply({ kind: 'REMOVE', id: some(i) })
  apply(add((i * 331_999) % TRACKS))
})
report('play, add', CALLS / 2, (i) => {
  apply({ kind: 'PLAY', maxHistory })
  apply(add(TRACKS + i))
})
report('position', CALLS, (i) => machine.position(some(i)))
report('metadata', CALLS, (i) => machine.track(some(i)))
report('page of 50 anywhere', CALLS / 4, (i) =>
  machine.queuePage({ offset: (i * 331_999) % TRACKS, limit: 50 }),
)
report('state hash', CALLS, () => machine.stateHash())

const before = heap()
const snapshot = machine.snapshot()
const pieces: Uint8Array[] = []
const written = timed((step) => {
  for (const piece of snapshot.chunks()) {
    pieces.push(piece)
    step()
  }
})
const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0)
const of = `${(bytes / 2 ** 20).toFixed(0)} MiB in ${pieces.length} pieces`
console.log(
  `snapshot: ${of}, ${written.total.toFixed(0)} ms, longest piece ${written.longest.toFixed(1)} ms`,
)
report('vote while a snapshot is held', CALLS, (i) =>
  apply({ kind: 'VOTE', id: some(i), up: i % 3 > 0 }),
)
console.log(`memory: ${((heap() - before) / 2 ** 20).toFixed(0)} MiB more while it is held`)
console.log(`snapshot held: ${snapshot.stateHash}, now: ${machine.stateHash()}`)

const restoring = new QueueRestore()
const read = timed((step) => {
  for (const piece of pieces) {
    restoring.push(piece)
    step()
  }
})
const restored = restoring.finish()
console.log(
  `restore: ${read.total.toFixed(0)} ms, longest piece ${read.longest.toFixed(1)} ms, hash ${restored.stateHash()}`,
)
