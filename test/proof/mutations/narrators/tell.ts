import { writeSync } from 'node:fs'

/** Of a run that tries many things the last ones are of interest: they failed. */
const KEPT = 2_000
const lines: string[] = []

process.on('exit', () => {
  if (lines.length > 0) writeSync(1, `${lines.join('\n')}\n`)
})

/** A line of the story, printed when the process ends. */
export function tell(line: string): void {
  lines.push(line)
  if (lines.length > 2 * KEPT) lines.splice(0, KEPT)
}

/** What was told so far belongs to an attempt that is over. */
export function beginAnew(): void {
  lines.length = 0
}
