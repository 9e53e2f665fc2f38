import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Killer, Mutation } from './mutation.ts'
import type { Ended } from './reporter.ts'

const BUILD = join(import.meta.dirname, '../../..')
/** A killer that takes longer has not killed. */
const PATIENCE_MS = 120_000

/** What became of one run of a test. */
export interface Run {
  readonly tests: readonly Ended[]
  /** Modules that were patched. */
  readonly patched: readonly string[]
  /** What the program printed. */
  readonly output: string
  readonly seconds: number
}

export interface RunOptions {
  readonly mutation?: Mutation
  /** Have the cores tell what they do. */
  readonly story?: boolean
  readonly signal?: AbortSignal
}

/** Runs the tests of one file whose titles contain one of the texts, in a process of its own. */
export async function runTests(
  file: string,
  titles: readonly string[],
  { mutation, story = false, signal }: RunOptions = {},
): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'mutation-'))
  const began = performance.now()
  const [report, witness] = [join(folder, 'report'), join(folder, 'witness')]
  try {
    const patterns = titles.map((title) => `--test-name-pattern=${escaped(title)}`)
    const args = [
      ...['--enable-source-maps', `--test-reporter=${beside('reporter.js')}`],
      ...[`--test-reporter-destination=${report}`, ...patterns],
      join(BUILD, file.replace(/\.ts$/, '.js')),
    ]
    const output = await spawned(args, environment(mutation, witness, story), signal)
    const lines = await textOf(report)
    const tests = lines.map((line) => JSON.parse(line) as Ended)
    const seconds = (performance.now() - began) / 1000
    return { tests, patched: [...new Set(await textOf(witness))], output, seconds }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Runs the test that must see a bug, with the bug in. */
export function runKiller(mutation: Mutation, options: RunOptions = {}): Promise<Run> {
  const { file, title } = mutation.killer
  return runTests(file, [title], { ...options, mutation })
}

/** The same mutation with the other one that must see it as its killer; null: there is none. */
export function asSeenBySimulation(mutation: Mutation): Mutation | null {
  return mutation.also === undefined ? null : { ...mutation, killer: mutation.also }
}

/** Null: killed, by the test that is named and for the reason given; else why it was not. */
export function survival({ edits, killer }: Mutation, run: Run): string | null {
  const missing = edits.map(({ module }) => module).find((each) => !run.patched.includes(each))
  if (missing !== undefined) {
    return `${missing} was not loaded, or does not contain the place\n${run.output.slice(-2_000)}`
  }
  if (run.tests.length === 0) return `no test ran\n${run.output.slice(-2_000)}`
  const failed = run.tests.filter(({ passed }) => !passed)
  if (failed.length === 0) return `survived: ${nameOf(killer)} passes`
  if (failed.some(({ error }) => killer.sees.test(error))) return null
  return `${nameOf(killer)} fails, but not with ${killer.sees}:\n${failed[0]?.error}`
}

export function nameOf({ file, title }: Killer): string {
  return `${file} "${title}"`
}

function environment(mutation: Mutation | undefined, witness: string, story: boolean) {
  // Else a process begun by a test of the runner takes itself for a part of it.
  const { NODE_TEST_CONTEXT: _, ...own } = process.env
  const preload = `--import=${beside('switch-on.js')}`
  return {
    ...own,
    NODE_OPTIONS: `${own['NODE_OPTIONS'] ?? ''} ${preload}`.trim(),
    MUTATION: mutation?.id ?? '',
    MUTATION_WITNESS: witness,
    // A test that tries many seeds goes on until one shows the bug in these words, and stops there.
    // Without a bug one seed will do: the test itself, run by itself, tries them all.
    ...(mutation === undefined ? { SEED: '1' } : { MUTATION_SEES: mutation.killer.sees.source }),
    ...(story ? { MUTATION_STORY: '1' } : {}),
  }
}

function spawned(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: PATIENCE_MS, killSignal: 'SIGKILL', signal } as const
    const child = spawn(process.execPath, args, { ...options, env, cwd: join(BUILD, '..') })
    const output: Buffer[] = []
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (piece: Buffer) => output.push(piece))
    }
    child.once('error', reject)
    child.once('close', () => resolve(Buffer.concat(output).toString('utf8')))
  })
}

function beside(name: string): string {
  return new URL(name, import.meta.url).href
}

function escaped(title: string): string {
  return title.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}

async function textOf(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text.split('\n').filter((line) => line !== '')
}
