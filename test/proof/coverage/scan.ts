import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'

/** A test, or a group of tests, as its source names it. */
export interface Title {
  /** Relative to the root, with slashes. */
  readonly file: string
  /** Its own title, with `${…}` where the source computes it, unless a value could be told. */
  readonly title: string
}

const NOT_SOURCES = new Set(['node_modules', 'dist', 'data', 'docs'])
const SOURCE = /\.(test|compose)\.ts$/
const SCENARIO = /\/scenarios\/[^/]+\.txt$/

/** All titles under this directory, in order of files and lines. */
export function titlesUnder(root: string): Title[] {
  return filesUnder(root, '')
    .filter((file) => SOURCE.test(file) || SCENARIO.test(file))
    .sort()
    .flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8')
      return SCENARIO.test(file) ? [scenarioTitle(file, text)] : titlesIn(file, text)
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
  return { file, title: `scenario ${name}: ${about}` }
}

const CALL = /^(\s*)(?:await |void )?(?:test|it|describe|suite)(?:\.\w+)*\((.*)$/
const LITERAL = /^(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/

/**
 * The titles in one source. It is formatted by the linter, so that a call stands at the beginning of
 * its line, its title there or on the next, and indentation is nesting.
 */
export function titlesIn(file: string, text: string): Title[] {
  const lines = text.split('\n')
  return lines.flatMap((line, at) => {
    const [, , rest = ''] = CALL.exec(line) ?? []
    if (!CALL.test(line)) return []
    const literal = LITERAL.exec(rest === '' ? (lines[at + 1]?.trim() ?? '') : rest)
    if (literal === null) return []
    const [, single, double, template] = literal
    if (template === undefined) return [{ file, title: unescaped(single ?? double ?? '') }]
    return expanded(template, valuesAround(lines, at)).map((title) => ({ file, title }))
  })
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, '$1')
}

const PLACEHOLDER = /\$\{(?:[^{}]|\{[^{}]*\})*\}/g
const QUOTED = /'((?:[^'\\]|\\.)*)'/g
/** What looks like a name or an id: these values, and no others, are put in. */
const NAME = /^[A-Z]\w*[A-Z0-9]\w*(?: |$)/

/** One title for each value that a placeholder may stand for, or the template as it is. */
function expanded(template: string, values: readonly string[]): string[] {
  const titles = [...template.matchAll(PLACEHOLDER)].flatMap(({ 0: hole, index }) =>
    values.map((value) => {
      return template.slice(0, index) + value + template.slice(index + hole.length)
    }),
  )
  return [...new Set([template.replaceAll(PLACEHOLDER, '…'), ...titles.map(shortened)])]
}

function shortened(title: string): string {
  return title.replaceAll(PLACEHOLDER, '…')
}

/** Names quoted in the loops around a line; with none there, in the whole file. */
function valuesAround(lines: readonly string[], at: number): string[] {
  const values: string[] = []
  let indent = indentOf(lines[at] ?? '')
  let last = at
  for (let i = at - 1; i >= 0; i -= 1) {
    const line = lines[i] ?? ''
    if (line.trim() === '' || indentOf(line) >= indent) continue
    if (/^\s*for \(/.test(line)) {
      values.push(...namesIn(lines.slice(i, last + 1)))
      last = i
    }
    if (!/^\s*[\])}]/.test(line)) indent = indentOf(line)
  }
  return [...new Set(values.length > 0 ? values : namesIn(lines))]
}

function namesIn(lines: readonly string[]): string[] {
  return [...lines.join('\n').matchAll(QUOTED)]
    .map(([, value = '']) => unescaped(value))
    .filter((value) => NAME.test(value))
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}
