import { appendFileSync } from 'node:fs'
import type { InitializeHook, LoadHook } from 'node:module'
import { mutations } from './all.ts'
import { type Edit, patched } from './mutation.ts'
import { narrators } from './narrators.ts'

export interface HooksData {
  /** Of the mutation; '': none. */
  readonly id: string
  /** A file that gets the path of every module that was patched; '': none. */
  readonly witness: string
  /** Whether the cores tell what they do. */
  readonly story: boolean
}

/** The test build. Nothing else is ever touched. */
const BUILD = new URL('../../../', import.meta.url).href

let edits: readonly Edit[] = []
let witness = ''
let story = false

export const initialize: InitializeHook<HooksData> = (data) => {
  const mutation = mutations.find(({ id }) => id === data.id)
  if (mutation === undefined && data.id !== '') throw new Error(`no mutation ${data.id}`)
  edits = mutation?.edits ?? []
  witness = data.witness
  // A simulation tells its own story, of the seed that failed.
  story = data.story && mutation?.killer.file.includes('/simulation/') !== true
}

export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context)
  if (!url.startsWith(BUILD) || loaded.source === undefined) return loaded
  const module = url.slice(BUILD.length).replace(/\.js$/, '.ts')
  const mine = edits.filter((edit) => edit.module === module)
  const narrator = story ? narrators[module] : undefined
  if (mine.length === 0 && narrator === undefined) return loaded
  const compiled =
    typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source)
  const source = mine.reduce(patched, compiled)
  if (mine.length > 0 && witness !== '') appendFileSync(witness, `${module}\n`)
  return { ...loaded, source: source + (narrator === undefined ? '' : told(narrator)) }
}

/** Within its module a declaration may be assigned to, and everybody sees the new value. */
function told({ name, file }: { name: string; file: string }): string {
  const from = new URL(`narrators/${file}.js`, import.meta.url).href
  return `\nimport { narrated } from ${JSON.stringify(from)};\n${name} = narrated(${name}, ${JSON.stringify(name)});\n`
}
