import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'

/** A test, or a group of tests, as its source names it. */
export interface Title {
  /** Relative to the root, with slashes. */
  readonly file: string
  /** As written, with … where it is computed. */
  readonly title: string
  /** What … may stand for, where that could be told: the title with it put in. */
  readonly variants: readonly string[]
}

const NOT_SOURCES = new Set(['node_modules', 'dist', 'data', 'docs'])
const SOURCE = /\.(test|compose)\.ts$/
const MUTATIONS = /^test\/proof\/mutations\/[^/]+\.ts$/
const SCENARIO = /\/scenarios\/[^/]+\.txt$/

/** All titles under this directory, in order of files and lines. */
export function titlesUnder(root: string): Title[] {
  return filesUnder(root, '')
    .sort()
    .flatMap((file) => {
      const text = () => readFileSync(join(root, file), 'utf8')
      if (SCENARIO.test(file)) return [scenarioTitle(file, text())]
      if (MUTATIONS.test(file)) return mutationsIn(file, text())
      return SOURCE.test(file) ? titlesIn(file, text()) : []
    })
}

function filesUnder(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith('.') || NOT_SOURCES.has(entry.name)) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesUnder(root, path) : [path.split(sep).join('/')]
  })
}

/** A scenario is called after its file, and says in its first line what it is about. */
function scenarioTitle(file: string, text: string): Title {
  const name = file.slice(file.lastIndexOf('/') + 1, -'.txt'.length)
  const about = /^(?:# .*\n)+/.exec(text)?.[0].replaceAll(/\n?# /g, ' ').trim() ?? ''
  return { file, title: `scenario ${name}: ${about}`, variants: [] }
}

const MUTATION = /^\s*id: '([^']+)',\n\s*story: (?:'((?:[^'\\]|\\.)*)'|"([^"]*)"),?$/gm

/** A bug put in on purpose stands for the test that must kill it. */
function mutationsIn(file: string, text: string): Title[] {
  return [...text.matchAll(MUTATION)].map(([, id = '', single, double = '']) => {
    const story = single === undefined ? double : unescaped(single)
    return { file, title: `mutation ${id}: ${story}`, variants: [] }
  })
}

const CALL = /^(\s*)(?:await |void )?(?:test|it|describe|suite|scenario)(?:\.\w+)*\((.*)$/
/** What is not run covers nothing. */
const SKIPPED = /^\s*(?:await |void )?\w+\.(?:skip|todo)\(/
const LITERAL = /^(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/

/**
 * The titles in one source. It is formatted by the linter, so that a call stands at the beginning of
 * its line, its title there or on the next, and indentation is nesting.
 */
export function titlesIn(file: string, text: string): Title[] {
  const lines = text.split('\n')
  return lines.flatMap((line, at) => {
    const [, , rest = ''] = CALL.exec(line) ?? []
    if (!CALL.test(line) || SKIPPED.test(line)) return []
    const literal = LITERAL.exec(rest === '' ? (lines[at + 1]?.trim() ?? '') : rest)
    if (literal === null) return []
    const [, single, double, template] = literal
    if (template === undefined) {
      return [{ file, title: unescaped(single ?? double ?? ''), variants: [] }]
    }
    const title = template.replaceAll(PLACEHOLDER, '…')
    return [{ file, title, variants: variantsOf(template, valuesAround(lines, at)) }]
  })
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, '$1')
}

const PLACEHOLDER = /\$\{(?:[^{}]|\{[^{}]*\})*\}/g
const QUOTED = /'((?:[^'\\]|\\.)*)'/g
/** What looks like a name or an id: these values, and no others, are put in. */
const NAME = /^[A-Z]\w*[A-Z0-9]\w*(?: |$)/

/** One title for each value that a placeholder may stand for. */
function variantsOf(template: string, values: readonly string[]): string[] {
  const titles = [...template.matchAll(PLACEHOLDER)].flatMap(({ 0: hole, index }) =>
    values.map((value) => template.slice(0, index) + value + template.slice(index + hole.length)),
  )
  return [...new Set(titles)].map((title) => title.replaceAll(PLACEHOLDER, '…'))
}

/** Names quoted in the loops around a line, and in the tables of this file that they run over. */
function valuesAround(lines: readonly string[], at: number): string[] {
  const values: string[] = []
  let indent = indentOf(lines[at] ?? '')
  let last = at
  for (let i = at - 1; i >= 0; i -= 1) {
    const line = lines[i] ?? ''
    if (line.trim() === '' || indentOf(line) >= indent) continue
    const [, table] = /^\s*for \(.*? of (?:Object\.\w+\()?(\w*)/.exec(line) ?? []
    if (table !== undefined) {
      values.push(...namesIn(lines.slice(i, last + 1)), ...namesIn(declared(lines, table)))
      last = i
    }
    if (!/^\s*[\])}]/.test(line)) indent = indentOf(line)
  }
  return [...new Set(values)]
}

/** The lines that give a constant of this file its value. */
function declared(lines: readonly string[], name: string): readonly string[] {
  const from = lines.findIndex((line) => line.trimStart().startsWith(`const ${name}`))
  if (name === '' || from < 0) return []
  const indent = indentOf(lines[from] ?? '')
  const length = lines.slice(from + 1).findIndex((line) => {
    return line.trim() !== '' && indentOf(line) <= indent
  })
  return lines.slice(from, from + length + 2)
}

function namesIn(lines: readonly string[]): string[] {
  return lines
    .filter((line) => !CALL.test(line))
    .flatMap((line) => [...line.matchAll(QUOTED)])
    .map(([, value = '']) => unescaped(value))
    .filter((value) => NAME.test(value))
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}
