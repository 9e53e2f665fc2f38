import { getHeapStatistics } from 'node:v8'
import type { Coverage } from './coverage.ts'
import { mutate } from './mutate.ts'
import { Random } from './random.ts'
import { sizeOf } from './size.ts'
import type { Outcome, Target } from './target.ts'
import type { Watchdog } from './watchdog.ts'

const MOST_BYTES = 4096
const MOST_KEPT = 4096
/** Share of inputs that begin from a valid one made for it, so that one is always near. */
const FRESH = 0.15
/** Inputs between two looks at the coverage. */
const BATCH = 64
/** What a decoded value may take: this much, and so much for each byte of input. */
const MEMORY_BASE = 64 * 1024
const MEMORY_PER_BYTE = 256
/** What a run may allocate and let go again, as far as no garbage collection in between hides it. */
const TRANSIENT_BYTES = 96 * 1024 * 1024
/** Milliseconds an input may take; a machine that stalls is given more attempts. */
const TIME_LIMIT = 1000
const ATTEMPTS = 5

/** An input that broke a promise. */
export class Finding extends Error {
  override readonly name = 'Finding'
  readonly input: Buffer
  readonly target: string

  constructor(target: Target, input: Buffer, cause: unknown) {
    const why = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
    const again = `{ target: '${target.name}', hex: '${input.toString('hex')}' }`
    super(`${target.name}: ${why}\ninput (for test/proof/fuzz/regressions.ts): ${again}`)
    this.input = input
    this.target = target.name
  }
}

/** What a fuzzer runs with. */
export interface Tools {
  readonly seed: number
  readonly coverage: Coverage | null
  readonly watchdog: Watchdog | null
}

/** Runs inputs against one target, and keeps those that reached something new. */
export class Fuzzer {
  readonly target: Target
  readonly #random: Random
  readonly #tools: Tools
  readonly #corpus: Buffer[] = []
  executions = 0
  accepted = 0
  /** Milliseconds that the slowest input took. */
  slowest = 0

  constructor(target: Target, tools: Tools) {
    this.target = target
    this.#tools = tools
    let seed = tools.seed
    for (const character of target.name) seed = Math.imul(seed, 31) + character.charCodeAt(0)
    this.#random = new Random(seed)
  }

  /** Inputs kept to be mutated. */
  get kept(): number {
    return this.#corpus.length
  }

  /** Runs a batch. Rejects with a Finding, its input made as short as it would go. */
  async batch(inputs = BATCH): Promise<void> {
    const { coverage } = this.#tools
    const tried: Buffer[] = []
    for (let left = inputs; left > 0; left -= 1) {
      const input = await this.#next()
      await this.#try(input)
      tried.push(input)
    }
    if (coverage?.sawNew() !== true) return
    const learnLater = coverage.found
    for (const input of tried) {
      await this.#try(input)
      if (!coverage.sawNew()) continue
      coverage.learn(coverage.found)
      this.#keep(input)
    }
    // What only the making of valid inputs ran is not worth a second look either.
    coverage.learn(learnLater)
  }

  async #next(): Promise<Buffer> {
    const random = this.#random
    const kept = this.#corpus[random.below(this.#corpus.length)]
    const base = random.chance(FRESH) || this.#corpus.length < 8 ? undefined : kept
    if (base === undefined) {
      const made = await this.#seed()
      if (this.#corpus.length < 32) this.#keep(made)
      if (random.chance(0.3)) return made
      return this.#mutated(made)
    }
    return this.#mutated(base)
  }

  async #seed(): Promise<Buffer> {
    try {
      return Buffer.from(await this.target.seed(this.#random))
    } catch (error) {
      throw new Finding(this.target, Buffer.alloc(0), error)
    }
  }

  #mutated(base: Buffer): Buffer {
    const random = this.#random
    const { words = [], mostBytes = MOST_BYTES } = this.target
    const other = () => this.#corpus[random.below(this.#corpus.length)] ?? base
    const mutated = mutate(base, { random, words, mostBytes, other })
    if (this.target.forge === undefined || random.chance(0.3)) return mutated
    return this.target.forge(random.chance(0.2) ? base : mutated, random)
  }

  #keep(input: Buffer): void {
    if (this.#corpus.length < MOST_KEPT) this.#corpus.push(input)
    else this.#corpus[this.#random.below(MOST_KEPT)] = input
  }

  async #try(input: Buffer): Promise<void> {
    this.executions += 1
    try {
      const { took, outcome } = await runChecked(this.target, input, this.#tools.watchdog)
      if (outcome.accepted) this.accepted += 1
      this.slowest = Math.max(this.slowest, took)
    } catch (error) {
      throw await shortened(this.target, input, error)
    }
  }
}

/** Runs one input and checks what holds for every target. Rejects with what was found. */
export async function runChecked(
  target: Target,
  input: Buffer,
  watchdog: Watchdog | null = null,
): Promise<{ took: number; outcome: Outcome }> {
  let took = Number.POSITIVE_INFINITY
  for (let attempt = 1; ; attempt += 1) {
    watchdog?.watch(input)
    // Of its own memory: a decoder that reads beyond its input must not find another one.
    const given = Buffer.from(Uint8Array.from(input).buffer)
    const before = memory()
    const began = performance.now()
    const result = target.run(given)
    const grown = result instanceof Promise ? 0 : memory() - before
    const outcome = await result
    took = Math.min(took, performance.now() - began)
    if (grown > TRANSIENT_BYTES) throw new Error(`decoding it allocated ${grown} bytes`)
    if (outcome.accepted) checkSize(outcome.value, given)
    if (took <= TIME_LIMIT) return { took, outcome }
    if (attempt === ATTEMPTS) throw new Error(`it took ${Math.round(took)} ms, ${attempt} times`)
  }
}

function memory(): number {
  const { used_heap_size, external_memory } = getHeapStatistics()
  return used_heap_size + external_memory
}

function checkSize(value: unknown, input: Buffer): void {
  const size = sizeOf(value, input)
  const most = MEMORY_BASE + MEMORY_PER_BYTE * input.length
  if (size > most) throw new Error(`${input.length} bytes became ${size} in memory`)
}

const MOST_CUTS = 400

/** A shorter input that fails too, found by leaving out pieces. */
async function shortened(target: Target, input: Buffer, error: unknown): Promise<Finding> {
  let [shortest, why] = [input, error]
  let cuts = 0
  for (let piece = Math.ceil(input.length / 2); piece >= 1; piece = Math.floor(piece / 2)) {
    for (let at = 0; at < shortest.length && cuts < MOST_CUTS; cuts += 1) {
      const rest = [shortest.subarray(0, at), shortest.subarray(at + piece)]
      const shorter = Buffer.concat(rest)
      const failure = await failureOf(target, shorter)
      if (failure === null) at += piece
      else [shortest, why] = [shorter, failure.error]
    }
  }
  return new Finding(target, shortest, why)
}

async function failureOf(target: Target, input: Buffer): Promise<{ error: unknown } | null> {
  try {
    await runChecked(target, input)
    return null
  } catch (error) {
    return { error }
  }
}
