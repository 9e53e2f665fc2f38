import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { drawPlot } from './plot.ts'
import type { Result } from './result.ts'
import { goalTable, markdown } from './table.ts'

/** Where results lie, and what is made of them, below the root of the repository. */
export const RESULTS = 'docs/results'
export const PLOTS = 'docs/plots'
const DOCUMENTS = ['docs/PERFORMANCE.md', 'README.md']

/** `<!-- table raft-node20 writes-leader -->` … `<!-- end -->`, each on a line of its own. */
const PLACE =
  /^<!-- (table|goals|machine|plot) (\S+)(?: (\S+))? -->\n(?:[\s\S]*?\n)??<!-- end -->$/gm
/** What stands where a result does not have what a mark asks for. */
const NOT_MEASURED = '*Not measured: '
const OPENING = /^<!-- (?:table|goals|machine|plot) .*-->$/gm

/** Files by their path, as they should be. */
export type Files = ReadonlyMap<string, string>

/**
 * `npm run bench -- report`: writes the tables of the results into the documents, and the plots; or,
 * `check`, says which files are not what the results make of them, and changes nothing. Returns those.
 */
export function report(root: string, { check }: { readonly check: boolean }): readonly string[] {
  const differing: string[] = []
  const files = made(root)
  for (const [path, text] of files) {
    const file = join(root, path)
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
    differing.push(path)
    if (check) continue
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, text)
  }
  for (const path of strayPlots(root, files)) {
    differing.push(path)
    if (!check) rmSync(join(root, path))
  }
  return differing
}

/** What the documents ask for and no result has. */
export function notMeasured(root: string): readonly string[] {
  return DOCUMENTS.map((path) => join(root, path))
    .filter((file) => existsSync(file))
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .filter((line) => line.startsWith(NOT_MEASURED))
    .map((line) => line.replaceAll('*', ''))
}

/** Those that no document shows any more. */
function strayPlots(root: string, files: Files): readonly string[] {
  const folder = join(root, PLOTS)
  const names = existsSync(folder) ? readdirSync(folder) : []
  return names.map((name) => `${PLOTS}/${name}`).filter((path) => !files.has(path))
}

/** What was measured under a name, in one run or several: `raft-node24.json`, `raft-node24.scale.json`. */
export type Results = ReadonlyMap<string, readonly Result[]>

/** Everything that is made of the results: documents, and the plots that they show. */
function made(root: string): Files {
  const results = readResults(join(root, RESULTS))
  const files = new Map<string, string>()
  for (const path of DOCUMENTS) {
    const file = join(root, path)
    if (!existsSync(file)) continue
    const toRoot = path.includes('/') ? '../' : ''
    const text = fill(readFileSync(file, 'utf8'), results, toRoot)
    files.set(path, text)
    for (const { name, plot } of plotsOf(results)) {
      const drawn = plotPath(name, plot.id)
      if (text.includes(drawn)) files.set(drawn, drawPlot(plot))
    }
  }
  return files
}

function plotsOf(results: Results) {
  return [...results].flatMap(([name, all]) =>
    all.flatMap(({ plots }) => plots.map((plot) => ({ name, plot }))),
  )
}

export function readResults(folder: string): Results {
  const results = new Map<string, Result[]>()
  const files = existsSync(folder) ? readdirSync(folder) : []
  const runs = files.filter((each) => each.endsWith('.json')).map((each) => each.slice(0, -5))
  // A name alone before those of its parts.
  for (const run of runs.sort()) {
    const [name = run] = run.split('.')
    const result = JSON.parse(readFileSync(join(folder, `${run}.json`), 'utf8')) as Result
    results.set(name, [...(results.get(name) ?? []), result])
  }
  return results
}

/**
 * Puts what the results say between the marks of a document. What was not measured is said to be so;
 * throws where a mark has no end.
 */
export function fill(document: string, results: Results, toRoot: string): string {
  const places = document.match(PLACE)?.length ?? 0
  const openings = document.match(OPENING)?.length ?? 0
  if (places !== openings) throw new Error(`${openings} marks, ${places} of them with an end`)
  return document.replace(PLACE, (_, kind: string, name: string, id: string | undefined) => {
    const all = results.get(name)
    const mark = `<!-- ${[kind, name, ...(id === undefined ? [] : [id])].join(' ')} -->`
    const text = all === undefined ? null : content(kind, name, id, all, toRoot)
    const what = [name, ...(id === undefined ? [] : [id])].join(' ')
    return `${mark}\n\n${text ?? `${NOT_MEASURED}\`${what}\`.*`}\n\n<!-- end -->`
  })
}

function content(
  kind: string,
  name: string,
  id: string | undefined,
  results: readonly Result[],
  toRoot: string,
): string | null {
  if (kind === 'machine') return results.map((each) => machineOf(each, results)).join('\n\n')
  if (kind === 'goals') return markdown(goalTable(results.flatMap(({ goals }) => goals)))
  if (kind === 'plot') {
    const plot = results.flatMap(({ plots }) => plots).find((each) => each.id === id)
    return plot === undefined ? null : `![${plot.title}](${toRoot}${plotPath(name, plot.id)})`
  }
  // Several runs may each have a part of it.
  const parts = results.flatMap(({ tables }) => tables).filter((each) => each.id === id)
  const [first] = parts
  return first === undefined
    ? null
    : markdown({ ...first, rows: parts.flatMap(({ rows }) => rows) })
}

function machineOf(
  { machine, versions, options, tables, problems }: Result,
  { length }: readonly Result[],
): string {
  const { cores, cpu, memoryGiB, kernel, node, commit, date } = machine
  const measured = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  const failed = problems.map((problem) => `\n\n**Not clean:** ${problem}`)
  const where = `${cores} cores (${cpu}), ${memoryGiB} GiB, ${kernel}`
  const { rounds, seconds } = options
  const long = `${rounds} rounds of ${seconds} s`
  const what = length === 1 ? '' : ` (${tables.map(({ id }) => id).join(', ')})`
  const facts = [where, `Node ${node}`, measured.join(', '), `${long}${what}`]
  const told = facts.filter((fact) => fact !== '').join('; ') // a run of ours alone may name no versions
  return `Measured ${date.slice(0, 16).replace('T', ' ')} UTC at commit ${commit} on ${told}.${failed.join('')}`
}

function plotPath(name: string, id: string): string {
  return `${PLOTS}/${name}-${id}.svg`
}
