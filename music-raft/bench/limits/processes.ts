import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { removeFolder, temporaryFolder, watchProcess } from '../../../bench/leftovers.ts'
import type { Target } from '../load/pool.ts'
import type { WriteOrder, WriteReport } from './forced-writes.ts'

/** The parts of a write, each alone: a bare echo server, and two processes that force writes. */
export class LimitProcesses {
  readonly #folder: string
  readonly #echo: ChildProcess
  readonly #address: string
  readonly #writers: readonly ChildProcess[]

  private constructor(
    folder: string,
    echo: ChildProcess,
    address: string,
    writers: readonly ChildProcess[],
  ) {
    this.#folder = folder
    this.#echo = echo
    this.#address = address
    this.#writers = writers
  }

  static async start(): Promise<LimitProcesses> {
    const folder = temporaryFolder('bench-limits-')
    const main = (name: string) => join(import.meta.dirname, `${name}.js`)
    const [echo, port] = await started(main('../echo/main'), [])
    const writers = [
      await started(main('forced-writes'), [folder]),
      await started(main('forced-writes'), [folder]),
    ]
    const children = writers.map(([child]) => child)
    return new LimitProcesses(folder, echo, `127.0.0.1:${port}`, children)
  }

  target(client: 'unary' | 'messages'): Target {
    return {
      client,
      addresses: [this.#address],
      pids: () => [this.#echo.pid ?? 0],
    }
  }

  /** From so many processes at once, at most two. */
  forcedWrites(processes: number, order: WriteOrder): Promise<readonly WriteReport[]> {
    return Promise.all(
      this.#writers.slice(0, processes).map(async (child) => {
        const answered = once(child, 'message')
        child.send(order)
        const [report] = await answered
        return report as WriteReport
      }),
    )
  }

  async stop(): Promise<void> {
    await Promise.all(
      [this.#echo, ...this.#writers].map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return
        const gone = once(child, 'exit')
        child.disconnect()
        await gone
      }),
    )
    removeFolder(this.#folder)
  }
}

/** Resolves with what it said first. */
async function started(
  main: string,
  args: readonly string[],
): Promise<readonly [ChildProcess, unknown]> {
  const child = watchProcess(fork(main, args))
  const [said] = await once(child, 'message')
  return [child, said]
}
