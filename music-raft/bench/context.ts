import type { Findings } from '../../bench/findings.ts'
import type { Figures, Load, LoadPool, Target } from './load/pool.ts'

/** What every part of the bench is given. */
export interface Context {
  readonly pool: LoadPool
  readonly findings: Findings
  /** Measured at each level, each time. */
  readonly seconds: number
  readonly rounds: number
  readonly quick: boolean
}

/** A run for a while after a warm-up; what fails is noted and ends up in the result. */
export async function timed(
  { pool, findings, seconds }: Context,
  name: string,
  target: Target,
  load: Omit<Load, 'length'>,
): Promise<Figures> {
  const warmMs = Math.min(1000, seconds * 300)
  return noted(
    findings,
    name,
    await pool.run(target, { ...load, length: { warmMs, ms: seconds * 1000 } }),
  )
}

/** So many calls and no more. */
export async function counted(
  { pool, findings }: Context,
  name: string,
  target: Target,
  load: Omit<Load, 'length'>,
  calls: number,
): Promise<Figures> {
  return noted(findings, name, await pool.run(target, { ...load, length: { calls } }))
}

function noted(findings: Findings, name: string, figures: Figures): Figures {
  const { failed, failure, calls } = figures
  if (failed > 0) findings.problem(`${name}: ${failed} calls failed beside ${calls}: ${failure}`)
  else if (calls === 0) findings.problem(`${name}: not one call was answered`)
  return figures
}
