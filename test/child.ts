import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** The folder of the compiled files this test was compiled with. */
const BUILD = join(import.meta.dirname, '..')

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A process under test: its lines, its death, its restart with the same environment. */
export class Child {
  readonly name: string
  /** Everything printed since the first start, one line each. */
  readonly lines: string[] = []
  readonly #entry: string
  readonly #env: Record<string, string>
  #process: ChildProcess | null = null
  /** How it ended, each time. */
  readonly exits: Exit[] = []
  #exit: Promise<Exit> = Promise.resolve({ code: null, signal: null })
  readonly #watchers = new Set<(line: string) => void>()

  /** `entry`: path of a compiled main, relative to the build folder. */
  constructor(name: string, entry: string, env: Readonly<Record<string, string>>) {
    this.name = name
    this.#entry = join(BUILD, entry)
    this.#env = { ...env }
  }

  /** Starts it; `env` adds to, or replaces, what it was made with, for good. */
  start(env: Readonly<Record<string, string>> = {}): void {
    if (this.running) throw new Error(`${this.name} runs already`)
    Object.assign(this.#env, env)
    const child = spawn(process.execPath, ['--enable-source-maps', this.#entry], {
      env: { ...inherited(), ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#process = child
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.lines.push(line)
        if (process.env['MUTATION_STORY'] !== undefined) console.log(`${this.name} | ${line}`)
        for (const watch of [...this.#watchers]) watch(line)
      })
    }
    this.#exit = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.#process = null
        this.exits.push({ code, signal })
        resolve({ code, signal })
      })
    })
  }

  get running(): boolean {
    return this.#process !== null
  }

  get pid(): number {
    const pid = this.#process?.pid
    if (pid === undefined) throw new Error(`${this.name} does not run`)
    return pid
  }

  /** Resolves with its last exit. */
  get exit(): Promise<Exit> {
    return this.#exit
  }

  signal(signal: NodeJS.Signals): void {
    if (process.env['MUTATION_STORY'] !== undefined && this.running)
      console.log(`${this.name} | ${signal}`)
    this.#process?.kill(signal)
  }

  /** Signals and waits for the end. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    this.signal(signal)
    return this.#exit
  }

  /** Resolves with the first line that matches, of those printed after `from` lines. */
  line(pattern: RegExp, { within = 60_000, from = 0 } = {}): Promise<string> {
    const known = this.lines.slice(from).find((line) => pattern.test(line))
    if (known !== undefined) return Promise.resolve(known)
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#watchers.delete(watch)
        const last = this.lines.slice(-15).join('\n')
        reject(new Error(`${this.name} did not print ${pattern} within ${within} ms:\n${last}`))
      }, within)
      const watch = (line: string) => {
        if (!pattern.test(line)) return
        clearTimeout(late)
        this.#watchers.delete(watch)
        resolve(line)
      }
      this.#watchers.add(watch)
    })
  }

  /** Calls `action` at the first line that matches from now on, as it arrives. */
  onLine(pattern: RegExp, action: () => void): void {
    const watch = (line: string) => {
      if (!pattern.test(line)) return
      this.#watchers.delete(watch)
      action()
    }
    this.#watchers.add(watch)
  }
}

/** Asks until the answer is yes. Rejects after `within` milliseconds with `what` was waited for. */
export async function eventually(
  what: string,
  ask: () => Promise<boolean> | boolean,
  within = 60_000,
): Promise<void> {
  const until = performance.now() + within
  while (performance.now() < until) {
    if (await ask()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`not within ${within} ms: ${what}`)
}

/** Nothing of whoever runs the tests but what finds programs, and a known bug that is put in. */
function inherited(): Record<string, string> {
  const names = ['PATH', 'NODE_OPTIONS', 'MUTATION', 'MUTATION_WITNESS']
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']))
}
