/**
 * One call of one client, as seen from outside: what was asked, when, and what came back when. Times
 * are of one clock and may be anything that grows; an operation that returns at the instant at which
 * another is called counts as concurrent with it.
 */
export interface Operation<I, O> {
  /** Who asked; a client may have several operations open. For people and the drawing alone. */
  readonly client: number | string
  readonly call: number
  /** null: its outcome was never learned. It may take effect at any time after `call`, or never. */
  readonly return: number | null
  readonly input: I
  /**
   * What came back. null: not known. With a `return`, the operation took effect before it, in
   * whatever way.
   */
  readonly output: O | null
  /** It failed for certain: it never took effect. It is drawn, and otherwise ignored. */
  readonly refused?: true
}

/** What a history is held against: a sequential object, as a function. States are never changed. */
export interface Model<S, I, O> {
  readonly initial: S
  /**
   * The state after `input`, if `output` is what it then answers; null if it answers otherwise.
   * Where the output is null, whatever it answers is right.
   */
  step(state: S, input: I, output: O | null): S | null
  /** Equal for two states only where no later operation can tell them apart. */
  key(state: S): string
  /**
   * False only where an operation that answers so leaves every state as it is; without this all may
   * change something. It is what keeps many reads at a time from being many orders.
   */
  changes?(input: I, output: O | null): boolean
  /**
   * Splits a history into parts that are linearizable if and only if the whole is: operations of
   * different parts never look at the same thing.
   */
  partition?(operations: readonly Operation<I, O>[]): readonly (readonly Operation<I, O>[])[]
  /**
   * Whether `candidate` brings a state nearer to one in which `input` is answered with `output`. Only a
   * hint: operations without a known outcome are tried first where they help what is blocked.
   */
  helps?(state: S, input: I, output: O, candidate: I): boolean
}

export interface CheckOptions {
  /** Steps of the model to try at most; then the answer is `undecided`. */
  readonly budget?: number
}

/** The smallest part of a history that cannot be explained by what is known before it. */
export interface Window<S, I, O> {
  readonly from: number
  readonly to: number
  /**
   * The operation that has to take effect between `from` and `to` and cannot: at no moment there,
   * in no order of all that ended before, is its answer the right one.
   */
  readonly blocked: Operation<I, O>
  /** All that must or may take effect in the window, the blocked one included. */
  readonly operations: readonly Operation<I, O>[]
  /** Some of the states in which every order ends. */
  readonly states: readonly S[]
}

export type Verdict<S, I, O> =
  | {
      readonly kind: 'ok'
      /** An order that explains everything; operations left out never took effect. */
      readonly linearization: readonly Operation<I, O>[]
      readonly steps: number
    }
  | {
      readonly kind: 'violation'
      /** The longest order found that explains a part. */
      readonly longestPrefix: readonly Operation<I, O>[]
      readonly window: Window<S, I, O>
      readonly steps: number
    }
  | {
      readonly kind: 'undecided'
      readonly longestPrefix: readonly Operation<I, O>[]
      readonly steps: number
    }
