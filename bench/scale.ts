/** Where values stand along an axis. */
export interface Scale {
  readonly ticks: readonly number[]
  at(value: number): number
}

const WANTED_TICKS = 6

/**
 * Maps values to `[from, to]`. A linear axis begins at 0 and ends at a tick; a logarithmic one ends at
 * round numbers, or, `tight`, a little beside its first and last value.
 */
export function scaleOf(
  { scale, ticks }: { readonly scale: 'linear' | 'log'; readonly ticks?: readonly number[] },
  values: readonly number[],
  [from, to]: readonly [number, number],
  tight: boolean,
): Scale {
  if (values.some((value) => !Number.isFinite(value))) throw new Error('a value is no number')
  const [least, most] = [Math.min(...values), Math.max(...values)]
  if (scale === 'linear') {
    const step = niceStep(most > 0 ? most / WANTED_TICKS : 1)
    const end = Math.max(step, Math.ceil(most / step - 1e-9) * step)
    const count = Math.round(end / step)
    return {
      ticks: ticks ?? Array.from({ length: count + 1 }, (_, at) => Number((at * step).toFixed(9))),
      at: (value) => from + ((to - from) * value) / end,
    }
  }
  if (least <= 0) throw new Error('a logarithmic axis takes values above 0')
  const steps = logSteps(least, most)
  const margin = tight ? Math.max((Math.log(most) - Math.log(least)) * 0.04, 0.05) : 0
  const low = tight ? Math.log(least) - margin : Math.log(steps[0] ?? least)
  const high = tight ? Math.log(most) + margin : Math.log(steps.at(-1) ?? most)
  return {
    ticks: ticks ?? (tight ? steps.filter((step) => step >= least && step <= most) : steps),
    at: (value) => from + ((to - from) * (Math.log(value) - low)) / (high - low),
  }
}

/** 1, 2 or 5 times a power of ten, at least this. */
function niceStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast))
  return power * ([1, 2, 5, 10].find((times) => times * power >= atLeast * (1 - 1e-9)) ?? 10)
}

/** Round numbers around the values: powers of ten, and where they are few 2 and 5 times those too. */
function logSteps(least: number, most: number): number[] {
  const decades = Math.log10(most / least)
  const times = decades > 3 ? [1] : [1, 2, 5]
  const all: number[] = []
  for (let power = Math.floor(Math.log10(least)); power <= Math.ceil(Math.log10(most)); power++) {
    for (const each of times) all.push(Number((each * 10 ** power).toPrecision(1)))
  }
  const first = all.findLastIndex((step) => step <= least * (1 + 1e-9))
  const last = all.findIndex((step) => step >= most * (1 - 1e-9))
  const steps = all.slice(Math.max(0, first), last === -1 ? undefined : last + 1)
  return steps.length > 1 ? steps : [least / 2, most * 2]
}
