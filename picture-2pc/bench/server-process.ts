import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { watchProcess } from '../../bench/leftovers.ts'

const DIST = join(import.meta.dirname, '../../../dist')
/** For all processes of a run: `NODE_ARGUMENTS="--cpu-prof --cpu-prof-dir=profiles" npm run bench -- 2pc`. */
const nodeArguments = (process.env['NODE_ARGUMENTS'] ?? '').split(' ').filter((word) => word !== '')
const GIVE_UP_MS = 600_000
const POLL_MS = 2

/** One process of the cluster as it is shipped, its log in a file. */
export class ServerProcess {
  readonly name: string
  readonly dataDirectory: string
  readonly #role: 'coordinator' | 'participant'
  readonly #env: Readonly<Record<string, string>>
  readonly #log: string
  #child: ChildProcess | null = null

  constructor(
    folder: string,
    role: 'coordinator' | 'participant',
    env: Readonly<Record<string, string>>,
  ) {
    this.name = env['NODE_NAME'] ?? role
    this.dataDirectory = join(folder, this.name)
    this.#log = join(folder, `${this.name}.log`)
    this.#role = role
    this.#env = {
      PATH: process.env['PATH'] ?? '',
      HOST: '127.0.0.1',
      DATA_DIR: this.dataDirectory,
      // A machine too busy to answer in time makes a slow figure, not a vote of no.
      VOTE_TIMEOUT_MS: '20000',
      ACK_TIMEOUT_MS: '20000',
      ...env,
    }
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  start(): void {
    const log = openSync(this.#log, 'a')
    const args = [...nodeArguments, join(DIST, 'picture-2pc', this.#role, 'main.js')]
    const options = { env: this.#env, stdio: ['ignore', log, log] as const }
    const child = watchProcess(
      spawn(process.execPath, args, { ...options, stdio: [...options.stdio] }),
    )
    closeSync(log)
    this.#child = child
    child.once('exit', (code, signal) => {
      if (code !== 0 && signal !== 'SIGKILL') this.#report(`${code ?? signal}`)
    })
  }

  /** Ends it and waits for that. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }

  /** Waits until something listens on the port; milliseconds from now. */
  async listens(port: number): Promise<number> {
    const began = performance.now()
    while (performance.now() - began < GIVE_UP_MS) {
      if (await connects(port)) return performance.now() - began
      await sleep(POLL_MS)
    }
    throw new Error(`${this.name} does not listen`)
  }

  #report(how: string): void {
    const lines = readFileSync(this.#log, 'utf8').trimEnd().split('\n')
    console.error(`${this.name} ended with ${how}:\n${lines.slice(-5).join('\n')}`)
  }
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
