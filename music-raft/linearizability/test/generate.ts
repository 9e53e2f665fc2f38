import type { Operation } from '../history.ts'

/** A stream of pseudo-random numbers, at least 0 and less than 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function pick<T>(random: () => number, choices: readonly T[]): T {
  const choice = choices[Math.floor(random() * choices.length)]
  if (choice === undefined) throw new Error('nothing to choose from')
  return choice
}

export interface Plan<I, O> {
  readonly random: () => number
  readonly clients: number
  readonly operations: number
  /** Share of the operations whose outcome is not learned; of those a part never takes effect. */
  readonly unknown: number
  input(random: () => number): I
  /** What the real thing answers, as it takes effect. */
  apply(input: I): O
}

interface Planned<I, O> {
  readonly client: number
  readonly call: number
  readonly return: number | null
  readonly input: I
  readonly effect: number | null
  output: O | null
}

/**
 * A history that is linearizable because it was made so: each operation takes effect at one instant
 * between its call and its return. Times are whole numbers, so that some coincide.
 */
export function generate<I, O>(plan: Plan<I, O>): Operation<I, O>[] {
  const { random, clients, operations } = plan
  const planned: Planned<I, O>[] = []
  const free = Array.from({ length: clients }, () => Math.floor(random() * 10))
  for (let i = 0; i < operations; i++) {
    const client = Math.floor(random() * clients)
    const call = (free[client] ?? 0) + Math.floor(random() * 4)
    const effect = call + random() * 12
    const end = Math.ceil(effect + random() * 12)
    const isUnknown = random() < plan.unknown
    free[client] = end + 1
    const late = effect + random() * random() * 100
    planned.push({
      ...{ client, call, input: plan.input(random), output: null },
      effect: isUnknown ? (random() < 0.4 ? null : late) : effect,
      return: isUnknown ? null : end,
    })
  }
  const effective = planned.filter(({ effect }) => effect !== null)
  effective.sort((a, b) => (a.effect ?? 0) - (b.effect ?? 0))
  for (const operation of effective) operation.output = plan.apply(operation.input)
  return planned.map(({ client, call, return: end, input, output }) => ({
    ...{ client, call, return: end, input },
    output: end === null ? null : output,
  }))
}

/** The same history with one thing wrong, which may or may not show. */
export function corrupt<I, O>(
  random: () => number,
  history: readonly Operation<I, O>[],
  other: (random: () => number, output: O) => O,
): Operation<I, O>[] {
  const place = Math.floor(random() * history.length)
  const victim = history[place]
  if (victim === undefined) return [...history]
  const shift = Math.floor((random() - 0.5) * 60)
  const end = victim.return === null ? null : victim.return + shift
  const kind = pick(random, ['answer', 'time', 'lost', 'twice', 'stale'] as const)
  if (kind === 'lost') return history.toSpliced(place, 1)
  if (kind === 'time')
    return history.with(place, { ...victim, call: victim.call + shift, return: end })
  if (kind === 'twice') return [...history, { ...victim, client: 99 }]
  if (victim.output === null) return [...history]
  if (kind === 'answer')
    return history.with(place, { ...victim, output: other(random, victim.output) })
  const source = pick(random, history)
  return source.output === null
    ? [...history]
    : history.with(place, { ...victim, output: source.output })
}
