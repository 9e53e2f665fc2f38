import type { Operation, Verdict } from './history.ts'

/** How the operations of a model read. Plain text: the page escapes it. */
export interface Words<S, I, O> {
  input(input: I): string
  output(output: O): string
  state(state: S): string
  /** What would have been right in a state. */
  expected(state: S, input: I): O
  /** Names of what two answers differ in. */
  differing(a: O, b: O): readonly string[]
  /** Whether it may have changed anything: what only looked explains little. */
  changes(input: I, output: O | null): boolean
  /** Names of what an operation reads or changes. */
  names(input: I, output: O | null): readonly string[]
}

/** A time in which something was broken on purpose. */
export interface FaultBand {
  readonly from: number
  readonly to: number
  /** For example `node 3: killed`. */
  readonly label: string
}

/** What a page shows. */
export interface Drawing<S, I, O> {
  readonly title: string
  /** How it came about and how to repeat it, a line each. */
  readonly notes: readonly string[]
  readonly operations: readonly Operation<I, O>[]
  readonly verdict: Verdict<S, I, O>
  readonly faults: readonly FaultBand[]
  readonly words: Words<S, I, O>
}

/** Text for HTML, also within a quoted attribute. */
export function htmlText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** An operation in one line. */
export function sentence<S, I, O>(words: Words<S, I, O>, operation: Operation<I, O>): string {
  const { input, output, return: end, refused } = operation
  const asked = words.input(input)
  if (refused === true) return `${asked} → refused, never took effect`
  if (output !== null) return `${asked} → ${words.output(output)}`
  return end === null ? `${asked} → never known` : `${asked} → done, answer lost`
}
