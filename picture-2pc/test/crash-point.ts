import { readFileSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OpenedJournal } from '../shell/journal.ts'

/**
 * Where a process under test ends itself with SIGKILL, exactly:
 *
 * - `before TYPE`: nothing of the save that holds the next record of this type is on disk;
 * - `after TYPE`: that save is on disk, and nothing it was owed for has happened;
 * - `line TEXT`: as it logs the next line that contains the text.
 *
 * Or how long each forced write of its log takes more, as on a slow disk: `slow MILLISECONDS`.
 *
 * Armed while it runs (see `arm` in crash-cluster.ts): a process that had to be started anew for each
 * point would cost twice as many starts.
 */
export class CrashPoint {
  #armed = ''

  constructor(path: string) {
    process.on('SIGUSR2', () => {
      this.#armed = readFileSync(path, 'utf8')
      print(`crash point armed: ${this.#armed}`)
    })
  }

  /** Puts the point around every save of a journal, and prints what each save held. */
  around<R extends { readonly type: string }, S>(opened: OpenedJournal<R, S>): OpenedJournal<R, S> {
    const { journal } = opened
    const append = journal.append.bind(journal)
    journal.append = async (records) => {
      for (const { type } of records) this.#reach(`before ${type}`)
      const [, delay] = /^slow (\d+)$/.exec(this.#armed) ?? []
      if (delay !== undefined) await sleep(Number(delay))
      await append(records)
      print(`saved ${records.map(({ type }) => type).join(' ')}`)
      for (const { type } of records) this.#reach(`after ${type}`)
    }
    return opened
  }

  /** Where the logger writes; at once, so that the lines before a death are seen. */
  readonly destination = {
    write: (line: string) => {
      writeSync(1, line)
      const [, text] = /^line (.+)$/.exec(this.#armed) ?? []
      if (text !== undefined && line.includes(text)) this.#reach(this.#armed)
    },
  }

  #reach(point: string): void {
    if (point === this.#armed) process.kill(process.pid, 'SIGKILL')
  }
}

function print(line: string): void {
  writeSync(1, `${line}\n`)
}
