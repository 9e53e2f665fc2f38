import { type LoadOptions, load } from '../load/load.ts'
import { printJson, type Session } from '../session.ts'
import { EXIT } from '../terminal.ts'

/** `load FILE.csv`: what came of it on standard output, refused rows and progress on standard error. */
export async function loadFile(session: Session, options: LoadOptions): Promise<number> {
  const { client, terminal, json } = session
  const { rows, added, alreadyQueued, earlier, refused, stopped } = await load(
    client,
    terminal,
    options,
  )
  const counts = { rows, added, alreadyQueued, earlier, refused }
  if (json) {
    const reason = stopped === null ? null : { outcome: stopped.outcome, message: stopped.message }
    await printJson(session, { ok: stopped === null && refused === 0, ...counts, stopped: reason })
  } else {
    const before = earlier === 0 ? '' : `, ${earlier} answered in an earlier run`
    await terminal.out(
      `${rows} rows: ${added} added, ${alreadyQueued} already queued, ${refused} refused${before}\n`,
    )
  }
  if (stopped === null) return refused === 0 ? EXIT.done : EXIT.refused
  terminal.err(
    `music-queue: stopped · ${stopped.message}\n` +
      `The same command goes on where this stopped; no row is added twice (${options.stateFile}).\n`,
  )
  return stopped.outcome === 'unknown' ? EXIT.unknown : EXIT.refused
}
