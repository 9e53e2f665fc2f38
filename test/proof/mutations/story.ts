import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { join } from 'node:path'
import { type Edit, type Mutation, places } from './mutation.ts'
import { nameOf, type Run, survival } from './run-killer.ts'

const BUILD = join(import.meta.dirname, '../../..')
/** Of a long run the beginning says where it stands, and the end is what failed. */
const HEAD_LINES = 80
const TAIL_LINES = 120

/** A mutation and what became of it, to be read from top to bottom. */
export function storyOf(mutation: Mutation, run: Run): string[] {
  const { id, story, rule, edits, killer, also } = mutation
  const why = survival(mutation, run)
  const failed = run.tests.filter(({ passed }) => !passed)
  const seen = failed.find(({ error }) => killer.sees.test(error)) ?? failed[0]
  return [
    `== ${id}`,
    '',
    `The bug:  ${story}`,
    `The rule: ${rule}`,
    '',
    ...edits.flatMap(diffOf),
    `-- what happens in ${nameOf(killer)}`,
    ...traceOf(run),
    '',
    '-- how it is caught',
    ...(seen === undefined ? ['   It is not.'] : failureOf(seen.title, seen.error)),
    '',
    ...(also === undefined ? [] : [`CI wants the simulation to see it too: ${also.sees.source}.`]),
    why === null ? `Caught in ${run.seconds.toFixed(1)} s.` : `NOT CAUGHT: ${why}`,
  ]
}

/** The line of the source, found by the map of the compiled module. */
function diffOf({ module, find, replace }: Edit): string[] {
  const path = join(BUILD, module.replace(/\.ts$/, '.js'))
  const compiled = readFileSync(path, 'utf8')
  const [place] = places(compiled, find)
  const before = compiled.slice(0, place?.start ?? 0).split('\n')
  const map = new SourceMap(JSON.parse(readFileSync(`${path}.map`, 'utf8')))
  const entry = map.findEntry(before.length - 1, before.at(-1)?.length ?? 0)
  const line = 'originalLine' in entry ? `:${entry.originalLine + 1}` : ''
  const old = compiled.slice(place?.start, place?.end)
  return [
    `-- what is changed in ${module}${line}, as compiled`,
    ...signed('-', old),
    ...(replace === '' ? [] : signed('+', replace)),
    '',
  ]
}

function signed(sign: string, code: string): string[] {
  return code.split('\n').map((line) => ` ${sign} ${line}`)
}

function traceOf({ output }: Run): string[] {
  if (output.trim() === '') return ['   (the test tells nothing but how it ended)']
  const lines = collapsed(output.trimEnd().split('\n'))
  const left = lines.length - HEAD_LINES - TAIL_LINES
  const gap = `… ${left} lines …`
  const shown = left > 1 ? [...lines.slice(0, HEAD_LINES), gap, ...lines.slice(-TAIL_LINES)] : lines
  return shown.map((line) => `   ${line}`)
}

/** A heartbeat, its answer, a tick, or a test that asks whether it is time. */
const IDLE = /AppendEntries .* \[\] commit=\d+$|match=\d+$|\d+ ticks? pass(es)?$|runs RPC Status/
const IDLE_LINES = 16

/** Leaves out what many heartbeats in a row say. */
function collapsed(lines: readonly string[]): string[] {
  const kept: string[] = []
  let idle: string[] = []
  for (const line of [...lines, '']) {
    if (IDLE.test(line)) {
      idle.push(line)
      continue
    }
    const half = IDLE_LINES / 2
    const left = idle.length - IDLE_LINES
    const gap = `… ${left} such lines …`
    kept.push(...(left > 1 ? [...idle.slice(0, half), gap, ...idle.slice(-half)] : idle), line)
    idle = []
  }
  return kept.slice(0, -1)
}

/** What the test says, and where; not through what it was called. */
function failureOf(title: string, error: string): string[] {
  const lines = error.split('\n').filter((line) => !/^\s+at .*(node:|<anonymous>\)$)/.test(line))
  return [`   ${title}`, ...lines.map((line) => `   ${line}`)]
}
