import { useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { countText } from '../../../common/web/model/time-format.ts'
import { windowOf } from '../../../common/web/model/window-of.ts'
import { Card, Notice } from '../../../common/web/view/parts.tsx'
import { contains, listed, lookFor, more, touch } from '../gallery.ts'
import type { Picture } from '../model/shelf.ts'
import { DeleteDialog } from './DeleteDialog.tsx'
import { PictureCard } from './PictureCard.tsx'
import { PictureDialog } from './PictureDialog.tsx'

/** The pictures that the participants hold. */
export function Gallery() {
  const { pictures, complete, silent, problem, asked } = listed.value
  const opened = useSignal<string | null>(null)
  const doomed = useSignal<string | null>(null)
  const shown = pictures.find(({ name }) => name === opened.value)
  const note = asked ? `${countText(pictures.length)}${complete ? '' : ' and more'}` : ''
  return (
    <Card title="Pictures" note={note} tools={<Search />} testId="gallery">
      {problem !== '' && (
        <Notice tone="warn">The list cannot be read now: {problem} It is tried again.</Notice>
      )}
      {problem === '' && silent.length > 0 && (
        <Notice tone="warn">
          Not answered: {silent.join(', ')}. What is held there is not known now.
        </Notice>
      )}
      <Grid
        pictures={pictures}
        empty={asked && problem === '' ? emptyText(complete) : ''}
        open={(name) => {
          opened.value = name
          // One that came while the page looked is known by its name and holders alone.
          if (pictures.find((each) => each.name === name)?.size === null) touch([], true)
        }}
        doom={(name) => {
          doomed.value = name
        }}
      />
      {shown !== undefined && (
        <PictureDialog
          picture={shown}
          doom={() => {
            doomed.value = shown.name
          }}
          onClose={() => {
            opened.value = null
          }}
        />
      )}
      {doomed.value !== null && (
        <DeleteDialog
          name={doomed.value}
          onClose={() => {
            doomed.value = null
          }}
        />
      )}
    </Card>
  )
}

function emptyText(complete: boolean): string {
  if (!complete) return 'Looking on…'
  return contains.value === '' ? 'No pictures yet. Upload one.' : 'No name has this in it.'
}

const TYPING_MS = 250

function Search() {
  const text = useSignal(contains.value)
  useEffect(() => {
    const timer = setTimeout(() => lookFor(text.value.trim()), TYPING_MS)
    return () => clearTimeout(timer)
  }, [text.value])
  return (
    <input
      class="input search"
      type="search"
      aria-label="Search pictures"
      placeholder="Search names"
      value={text.value}
      onInput={({ currentTarget }) => {
        text.value = currentTarget.value
      }}
    />
  )
}

/** In rem. */
const CARD_WIDTH = 11
const CARD_HEIGHT = 13

interface GridProps {
  readonly pictures: readonly Picture[]
  /** What is said where there are none. */
  readonly empty: string
  open(name: string): void
  doom(name: string): void
}

/** As many pictures as there are; those in sight exist. */
function Grid({ pictures, empty, open, doom }: GridProps) {
  const box = useRef<HTMLElement>(null)
  const seen = useSignal({ top: 0, height: 800, columns: 3, rowHeight: 16 * CARD_HEIGHT })
  const look = () => {
    const element = box.current
    if (element === null) return
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16
    const { scrollTop: top, clientHeight: height, clientWidth: width } = element
    const columns = Math.max(2, Math.floor(width / (CARD_WIDTH * rem)))
    seen.value = { top, height, columns, rowHeight: CARD_HEIGHT * rem }
  }
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    element.setAttribute('tabindex', '0') // what scrolls is reached by keyboard
    const observer = new ResizeObserver(look)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const focus = useKeptFocus(box, pictures)
  const { columns, rowHeight } = seen.value
  const rows = Math.ceil(pictures.length / columns)
  const { first, end } = windowOf({ ...seen.value, count: rows })
  useEffect(() => {
    if (end >= rows) void more()
  }, [end, rows])
  const indexes = Array.from({ length: end - first }, (_, place) => first + place)
  return (
    <section ref={box} class="virtual grid" aria-label="Gallery" {...focus} onScroll={look}>
      {pictures.length === 0 && <p class="empty">{empty}</p>}
      <div class="virtual-space" style={{ height: `${rows * rowHeight}px` }}>
        {indexes.map((row) => (
          <ul
            key={row}
            class="virtual-row grid-row"
            style={{
              height: `${rowHeight}px`,
              transform: `translateY(${row * rowHeight}px)`,
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            }}
          >
            {pictures.slice(row * columns, (row + 1) * columns).map((picture) => (
              <PictureCard key={picture.name} {...{ picture, open, doom }} />
            ))}
          </ul>
        ))}
      </div>
    </section>
  )
}

/** What had the focus may be gone with its picture: then the gallery itself has it. */
function useKeptFocus(box: { readonly current: HTMLElement | null }, pictures: unknown) {
  const inside = useRef(false)
  useLayoutEffect(() => {
    if (inside.current && document.activeElement === document.body) {
      box.current?.focus({ preventScroll: true })
    }
  }, [box, pictures])
  return {
    onFocusIn: () => {
      inside.current = true
    },
    onFocusOut: ({ target }: FocusEvent) => {
      // What was taken out of the page did not give the focus away.
      queueMicrotask(() => {
        if (target instanceof Node && target.isConnected) inside.current = false
      })
    },
  }
}
