import { signal } from '@preact/signals'
import { whenSeen } from '../../common/web/when-seen.ts'
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
/** The whole list is no small thing to ask for: so many times as long as it took it is left alone. */
const REST = 4
const MOST_REST_MS = 2000
/** Names that wait for somebody to look at the page. */
const MOST_RENEWED = 1000

/** What the gallery shows. */
export const listed = signal<Listed>({
  ...{ pictures: [], complete: false, silent: [], problem: '', asked: false },
})
/** Only names with this in them. */
export const contains = signal('')

const shelf = new Shelf()
let turn = 0
let busy = false
let again = false
const touched = new Set<string>()
const renewed = new Set<string>()
let timer: ReturnType<typeof setTimeout> | null = null
let retry: ReturnType<typeof setTimeout> | undefined
let restUntil = 0

/** Reads the list from its beginning, as far as it was read before. */
export async function reload(): Promise<void> {
  if (busy) {
    again = true
    return
  }
  busy = true
  clearTimeout(retry)
  const mine = turn
  const began = performance.now()
  try {
    let after: string | null = ''
    do {
      const page = await list(after, PAGE, contains.value)
      if (mine !== turn) break
      shelf.take(after, page)
      after = page.next
      show('')
    } while (after !== null && isToBeReadOn(after))
  } catch (error) {
    if (mine === turn) show(error instanceof Error ? error.message : String(error))
    retry = setTimeout(() => void reload(), RETRY_MS)
  } finally {
    const now = performance.now()
    restUntil = now + Math.min(MOST_REST_MS, REST * (now - began))
    ended()
  }
}

/** What is known lies behind it; or nothing is, since a page of what is looked for may be empty. */
function isToBeReadOn(after: string): boolean {
  const last = shelf.pictures.at(-1)
  return last === undefined || last.name > after
}

function ended(): void {
  busy = false
  if (!again) return
  again = false
  void reload()
}

/** Reads on, where there is more. */
export async function more(): Promise<void> {
  if (busy || shelf.next === null) return
  busy = true
  const mine = turn
  try {
    const known = shelf.pictures.length
    do {
      const page = await list(shelf.next, PAGE, contains.value)
      if (mine !== turn) break
      shelf.take(shelf.next, page)
      show('')
    } while (shelf.next !== null && shelf.pictures.length === known)
  } catch {
    // What was read stays; scrolling asks again.
  } finally {
    ended()
  }
}

/** Looks for names with this text in them; '': shows all. */
export function lookFor(text: string): void {
  if (text === contains.value) return
  contains.value = text
  turn += 1
  shelf.clear()
  void reload()
}

/** These may have changed; `other`: so may some of which nobody said the name. */
export function touch(names: Iterable<string>, other = false): void {
  for (const name of names) if (touched.size <= MOST_SINGLE) touched.add(name)
  if (other) touched.add('')
  if (touched.size === 0 || timer !== null) return
  timer = setTimeout(catchUp, Math.max(SETTLE_MS, restUntil - performance.now()))
}

const catchUp = whenSeen(() => {
  timer = null
  for (const name of renewed) shelf.renew(name)
  const now = [...touched]
  renewed.clear()
  touched.clear()
  if (now.length > MOST_SINGLE || now.includes('') || contains.value !== '') void reload()
  else void Promise.all(now.map(lookAt))
})

/** Other bytes may be stored under this name: say so before it is touched. */
export function renew(name: string): void {
  if (renewed.size < MOST_RENEWED) renewed.add(name)
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
