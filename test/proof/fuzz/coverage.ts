import { type Profiler, Session } from 'node:inspector'

type News = readonly (readonly [string, Ranges])[]
type Ranges = readonly (readonly [start: number, end: number])[]

/** Code under test: what was built of the product, not the tests and no library. */
const PRODUCT = /\.test-build\/(?:common|music-raft|picture-2pc)\/(?!.*\/(?:test|bench)\/)/

/**
 * Which blocks of the product have run, by the coverage that V8 counts itself. Only blocks that never
 * ran before are of interest: an input that reaches one is worth mutating further. Made before the code
 * under test first runs: what ran already is counted by function, not by block.
 */
export class Coverage {
  readonly #session = new Session()
  /** For each function met, what of it has never run. */
  readonly #missing = new Map<string, Ranges>()
  /** What the last look found: of each function, what is still missing. */
  found: News = []

  constructor() {
    this.#session.connect()
    this.#session.post('Profiler.enable')
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  /** Whether anything ran since the last call that `learn` was not told of. */
  sawNew(): boolean {
    const found: (readonly [string, Ranges])[] = []
    for (const [name, ranges] of this.#taken()) {
      const known = this.#missing.get(name)
      const [whole, ...inside] = ranges
      if (whole === undefined || whole.count === 0) continue
      const zeros = inside.filter(({ count }) => count === 0)
      const now = zeros.map(({ startOffset, endOffset }) => [startOffset, endOffset] as const)
      const missing = known === undefined ? now : common(known, now)
      if (known !== undefined && lengthOf(missing) >= lengthOf(known)) continue
      found.push([name, missing])
    }
    this.found = found
    return found.length > 0
  }

  /** This is new no more. */
  learn(news: News): void {
    for (const [name, missing] of news) {
      const known = this.#missing.get(name)
      this.#missing.set(name, known === undefined ? missing : common(known, missing))
    }
  }

  close(): void {
    this.#session.disconnect()
  }

  #taken(): readonly (readonly [string, readonly Profiler.CoverageRange[]])[] {
    const functions: (readonly [string, readonly Profiler.CoverageRange[]])[] = []
    this.#session.post('Profiler.takePreciseCoverage', (error, answer) => {
      if (error !== null) throw error
      for (const { url, functions: of } of answer.result) {
        if (!PRODUCT.test(url)) continue
        for (const { functionName, ranges } of of) {
          functions.push([`${url} ${functionName} ${ranges[0]?.startOffset}`, ranges])
        }
      }
    })
    return functions
  }
}

function common(a: Ranges, b: Ranges): Ranges {
  const both: (readonly [number, number])[] = []
  for (const [start, end] of a) {
    for (const [from, to] of b) {
      if (Math.max(start, from) < Math.min(end, to)) {
        both.push([Math.max(start, from), Math.min(end, to)])
      }
    }
  }
  return both
}

function lengthOf(ranges: Ranges): number {
  return ranges.reduce((sum, [start, end]) => sum + end - start, 0)
}
