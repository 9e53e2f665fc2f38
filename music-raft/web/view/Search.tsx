import { computed, signal } from '@preact/signals'
import { countText } from '../../../common/web/model/time-format.ts'
import type { Freshness } from '../lists.ts'
import { type Found, MOST_SEARCHED, search } from '../model/search.ts'
import { readList, type Track } from '../queue-api.ts'

const text = signal('')
/** All tracks, as they were when they were last fetched; null: they are being fetched. */
const tracks = signal<readonly Track[] | null>(null)
/** What is known of how fresh they are. */
export const searchFreshness = signal<Freshness>({ kind: 'asking' })
const PAGE = 1000
const OLD_MS = 5000
/** The whole queue is no small thing to ask for: so many times as long as it took it is left alone. */
const REST = 4
const LEAST_REST_MS = 1500
let fetchedAt = 0
let fetching = false
let again = false

export const searching = computed(() => text.value.trim() !== '')

/** null: the tracks are not here yet. */
export const results = computed<{ readonly tracks: readonly Found<Track>[] } | null>(() =>
  tracks.value === null ? null : { tracks: search(tracks.value, text.value) },
)

/** Looks through the queue. The nodes have no search: the page fetches the queue and looks itself. */
export function SearchBox({ total }: { readonly total: number | null }) {
  const found = results.value
  return (
    <div class="search">
      <input
        class="input"
        type="search"
        aria-label="Search the queue"
        placeholder="Search the queue"
        value={text.value}
        onInput={(event) => begin(event.currentTarget.value)}
      />
      <span class="search-words" role="status">
        {searching.value && found !== null && words(found.tracks.length, total ?? 0)}
      </span>
    </div>
  )
}

function words(count: number, total: number): string {
  const where = total > MOST_SEARCHED ? ` in the first ${countText(MOST_SEARCHED)}` : ''
  return `${countText(count)} found${where}`
}

function begin(value: string): void {
  const began = !searching.value
  text.value = value
  if (!searching.value) return
  if (Date.now() - fetchedAt < OLD_MS) return
  if (began) searchFreshness.value = { kind: 'asking' }
  void fetchAll()
}

/** Something changed in the cluster: what is searched is fetched again. */
export function searchAgain(): void {
  if (searching.value) void fetchAll()
}

async function fetchAll(): Promise<void> {
  again = true
  if (fetching) return
  fetching = true
  while (again && searching.value) {
    again = false
    const began = performance.now()
    await fetchOnce()
    const rest = Math.max(LEAST_REST_MS, REST * (performance.now() - began))
    await new Promise((resolve) => setTimeout(resolve, rest))
  }
  fetching = false
}

async function fetchOnce(): Promise<void> {
  const all: Track[] = []
  let isConfirmed = true
  try {
    for (let offset = 0; offset < MOST_SEARCHED; offset += PAGE) {
      const { items, total, confirmed } = await readList('GetQueue', offset, PAGE)
      all.push(...items)
      isConfirmed &&= confirmed
      if (offset + PAGE >= total || items.length === 0) break
    }
    tracks.value = all
    fetchedAt = Date.now()
    searchFreshness.value = { kind: isConfirmed ? 'confirmed' : 'unconfirmed', at: fetchedAt }
  } catch {
    const known = searchFreshness.peek()
    const since = known.kind === 'failed' ? known.since : Date.now()
    const before = fetchedAt === 0 ? null : fetchedAt
    searchFreshness.value = { kind: 'failed', since, before }
    again = true
  }
}
