import assert from 'node:assert/strict'
import type { Random } from './random.ts'

/** What became of an input that did not break anything. */
export type Outcome =
  | { readonly accepted: false }
  /** `value`: what was decoded, to see how much it takes. */
  | { readonly accepted: true; readonly value: unknown }

export const REFUSED: Outcome = { accepted: false }

/** One decoder, or several that share an input. */
export interface Target {
  /** `area/what` */
  readonly name: string
  /** A valid input; throws when what the encoder made is not decoded to what it was made from. */
  seed(random: Random): Uint8Array | Promise<Uint8Array>
  /** Words of the format, for mutations. */
  readonly words?: readonly string[]
  /** Longest input made; 4096 if not said. */
  readonly mostBytes?: number
  /**
   * A mutated input made to get further: checksums that fit, or a change that only somebody who knows
   * the format can make.
   */
  forge?(input: Buffer, random: Random): Buffer
  /** Throws what is a finding: any error that the decoder is not documented to refuse with. */
  run(input: Buffer): Outcome | Promise<Outcome>
  /** Closes what it opened. */
  close?(): Promise<void>
}

type ErrorClass = abstract new (...args: never[]) => Error

/** The result, or null where it was refused with one of these errors; others pass through. */
export function unlessRefused<T>(refusals: readonly ErrorClass[], work: () => T): T | null {
  try {
    return work()
  } catch (error) {
    if (refusals.some((one) => error instanceof one)) return null
    throw error
  }
}

/** The same for what takes time. */
export async function unlessRejected<T>(
  refusals: readonly ErrorClass[],
  work: () => Promise<T>,
): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (refusals.some((one) => error instanceof one)) return null
    throw error
  }
}

export interface Codec<T> {
  make(random: Random): T
  encode(value: T): Uint8Array
  /** null, or an error of `refusals`: refused. */
  decode(bytes: Buffer): T | null
  readonly refusals: readonly ErrorClass[]
  /** What of a value must survive; all of it if not said. */
  essence?(value: T): unknown
  /** A value has one encoding: all other bytes are refused. */
  readonly canonical?: boolean
  /** More that must hold of an accepted value. */
  check?(value: T): void
}

/**
 * A decoder with its encoder: decode(encode(x)) = x for every x made, and what is accepted of other
 * bytes is encoded again to something that is accepted as the same.
 */
export function codecTarget<T>(
  name: string,
  codec: Codec<T>,
  more: Pick<Target, 'words' | 'forge' | 'mostBytes'> = {},
): Target {
  const { encode, refusals, essence = (value: T): unknown => value } = codec
  const decode = (bytes: Uint8Array) =>
    unlessRefused(refusals, () => codec.decode(Buffer.from(bytes)))
  const survives = (value: T, what: string): Uint8Array => {
    const bytes = encode(value)
    const again = decode(bytes)
    assert(again !== null, `${what} is refused once encoded`)
    assert.deepEqual(plain(essence(again)), plain(essence(value)), `${what} changed by encoding`)
    codec.check?.(again)
    return bytes
  }
  return {
    ...{ name, ...more },
    seed: (random) => survives(codec.make(random), 'a value'),
    run: (input) => {
      const value = decode(input)
      if (value === null) return REFUSED
      const bytes = survives(value, 'what was accepted')
      if (codec.canonical === true) assert.deepEqual(Buffer.from(bytes), input, 'a second encoding')
      return { accepted: true, value }
    },
  }
}

/** A value with byte arrays of any kind as text, so that equal content is deeply equal. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Map) return [...value].map(plain)
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]))
}
