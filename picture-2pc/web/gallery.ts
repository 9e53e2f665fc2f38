import { signal } from '@preact/signals'
import { list, search } from './api.ts'
import { type Picture, Shelf } from './model/shelf.ts'

export interface Listed {
  readonly pictures: readonly Picture[]
  /** All that there are to be found. */
  readonly complete: boolean
  /** Nodes that did not answer. */
  readonly silent: readonly string[]
  /** Why nothing can be told; '': it can. */
  readonly problem: string
  /** Something was answered at least once. */
  readonly asked: boolean
}

const PAGE = 200
/** Changes come in flocks: they are asked for together. */
const SETTLE_MS = 350
/** More than these, and the pages are read again instead. */
const MOST_SINGLE = 12
const RETRY_MS = 3000

/** What the gallery shows. */
export const listed = signal<Listed>({
  ...{ pictures: [], complete: false, silent: [], problem: '', asked: false },
})
/** Only names with this in them. */
export const contains = signal('')

let shelf = new Shelf()
let turn = 0
let busy = false
let again = false
const touched = new Set<string>()
let timer: ReturnType<typeof setTimeout> | null = null

/** Reads the list from its beginning, as far as it was read before. */
export async function reload(): Promise<void> {
  if (busy) {
    again = true
    return
  }
  busy = true
  const mine = turn
  const wanted = shelf.pictures.length
  try {
    let after: string | null = ''
    let read = 0
    do {
      const page = await list(after, PAGE, contains.value)
      if (mine !== turn) break
      shelf.take(after, page)
      read += page.pictures.length
      after = page.next
      show('')
    } while (after !== null && read < wanted)
  } catch (error) {
    if (mine === turn) show(error instanceof Error ? error.message : String(error))
    setTimeout(() => void reload(), RETRY_MS)
  } finally {
    busy = false
    if (again) {
      again = false
      void reload()
    }
  }
}

/** Reads on, where there is more. */
export async function more(): Promise<void> {
  const after = shelf.next
  if (busy || after === null) return
  busy = true
  const mine = turn
  try {
    const page = await list(after, PAGE, contains.value)
    if (mine === turn) {
      shelf.take(after, page)
      show('')
    }
  } catch {
    // What was read stays; scrolling asks again.
  } finally {
    busy = false
    if (again) {
      again = false
      void reload()
    }
  }
}

/** Looks for names with this text in them; '': shows all. */
export function lookFor(text: string): void {
  if (text === contains.value) return
  contains.value = text
  turn += 1
  shelf = new Shelf()
  void reload()
}

/** These may have changed. */
export function touch(names: Iterable<string>, other = false): void {
  for (const name of names) touched.add(name)
  if (other) touched.add('')
  if (touched.size === 0 || timer !== null) return
  timer = setTimeout(() => {
    timer = null
    const now = [...touched]
    touched.clear()
    if (now.length > MOST_SINGLE || now.includes('') || contains.value !== '') void reload()
    else void Promise.all(now.map(lookAt))
  }, SETTLE_MS)
}

/** Other bytes may be stored under this name. */
export function renew(name: string): void {
  shelf.renew(name)
}

async function lookAt(name: string): Promise<void> {
  const mine = turn
  try {
    const found = await search(name)
    if (mine !== turn) return
    shelf.put(name, found)
    show('')
  } catch {
    void reload()
  }
}

function show(problem: string): void {
  const { pictures, next, silent } = shelf
  listed.value = { pictures, complete: next === null, silent, problem, asked: true }
}
