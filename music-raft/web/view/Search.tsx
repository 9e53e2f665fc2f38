import { computed, signal } from '@preact/signals'
import { countText } from '../../../common/web/model/time-format.ts'
import { throttled } from '../../../common/web/throttled.ts'
import { type Found, MOST_SEARCHED, search } from '../model/search.ts'
import { readList, type Track } from '../queue-api.ts'

const text = signal('')
/** All tracks, as they were when the search began; null: they are being fetched. */
const tracks = signal<readonly Track[] | null>(null)
const PAGE = 1000
const OLD_MS = 5000
let fetchedAt = 0
let fetching = false
const fetchAgain = throttled(2000, () => {
  if (searching.peek()) void fetchAll()
})

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
  text.value = value
  if (value.trim() !== '' && Date.now() - fetchedAt > OLD_MS) void fetchAll()
}

/** The queue changed: what was found may be elsewhere now. */
export function searchAgain(): void {
  if (searching.peek()) fetchAgain()
}

async function fetchAll(): Promise<void> {
  if (fetching) return
  fetching = true
  const all: Track[] = []
  try {
    for (let offset = 0; offset < MOST_SEARCHED; offset += PAGE) {
      const { items, total } = await readList('GetQueue', offset, PAGE)
      all.push(...items)
      if (offset + PAGE >= total || items.length === 0) break
    }
    tracks.value = all
    fetchedAt = Date.now()
  } catch {
    // Typing on asks again; the badge beside it says that no node answers.
  } finally {
    fetching = false
  }
}
