import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { watchProcess } from '../../bench/leftovers.ts'
import { nodeAt } from './load/client.ts'

/** How to start a node. */
export interface NodeCommand {
  readonly name: string
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** The processes of a cluster, their logs in files as a container engine would keep them. */
export class NodeProcesses {
  readonly #folder: string
  readonly #commands: readonly NodeCommand[]
  readonly #children: (ChildProcess | null)[]

  constructor(folder: string, commands: readonly NodeCommand[]) {
    this.#folder = folder
    this.#commands = commands
    this.#children = commands.map(() => null)
  }

  launch(at: number, env: Readonly<Record<string, string>> = {}): void {
    const command = nodeAt(this.#commands, at)
    const path = join(this.#folder, `${command.name}.log`)
    const log = openSync(path, 'a')
    const child = spawn(command.file, command.args, {
      env: { PATH: process.env['PATH'] ?? '', ...command.env, ...env },
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    child.once('exit', (code, signal) => {
      // Who is told to end has been taken from the list.
      if (this.#children[at] !== child) return
      this.#children[at] = null
      const lines = readFileSync(path, 'utf8').trimEnd().split('\n').slice(-5)
      console.error(`${command.name} ended with ${code ?? signal}:\n${lines.join('\n')}`)
    })
    this.#children[at] = watchProcess(child)
  }

  /** Of those that run, by place. */
  pids(): readonly number[] {
    return this.#children.flatMap((child) => child?.pid ?? [])
  }

  pid(at: number): number {
    const pid = this.#children[at]?.pid
    if (pid === undefined) throw new Error(`node ${at} does not run`)
    return pid
  }

  /** Resolves when it is gone. */
  async end(at: number, signal: NodeJS.Signals): Promise<void> {
    const child = this.#children[at]
    if (child === null || child === undefined) return
    this.#children[at] = null
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }

  async endAll(signal: NodeJS.Signals): Promise<void> {
    await Promise.all(this.#children.map((_, at) => this.end(at, signal)))
  }
}
