import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { windowOf } from '../model/window-of.ts'

interface VirtualListProps {
  readonly label: string
  readonly count: number
  /** All rows have the same height, in rem: nothing moves when they are filled. */
  readonly rowRem: number
  /** Of the list, in rem: fixed, so that the page does not move either. */
  readonly heightRem: number
  row(index: number): ComponentChildren
  /**
   * What a row is about, where rows change their places: then its element goes with it, and a click or
   * the focus never ends up on what came to its place.
   */
  keyOf?(index: number): string | undefined
  /** Rows that are looked at now, for whoever has to fetch them. */
  onRange?(first: number, end: number): void
  readonly testId?: string
  /** New rows come at the top: what is read below it stays where it is. */
  readonly keepPlace?: boolean
}

/** A list of any length of which only the rows in sight exist. */
export function VirtualList(props: VirtualListProps) {
  const { label, count, rowRem, heightRem, row, onRange, testId, keepPlace, keyOf } = props
  const box = useRef<HTMLElement>(null)
  const [top, setTop] = useState(0)
  const [rowHeight, setRowHeight] = useState(16 * rowRem)
  useLayoutEffect(() => {
    const measure = () => setRowHeight(remPixels() * rowRem)
    measure()
    addEventListener('resize', measure)
    return () => removeEventListener('resize', measure)
  }, [rowRem])
  const height = (heightRem / rowRem) * rowHeight
  const { first, end } = windowOf({ top, height, rowHeight, count })
  // What scrolls must be reached by keyboard; not every browser sees to it.
  useLayoutEffect(() => box.current?.setAttribute('tabindex', '0'), [])
  useLayoutEffect(() => onRange?.(first, end), [first, end, onRange])
  const before = useRef(count)
  useLayoutEffect(() => {
    const more = count - before.current
    before.current = count
    if (keepPlace !== true || more <= 0 || box.current === null || box.current.scrollTop === 0)
      return
    box.current.scrollTop += more * rowHeight
  }, [count, keepPlace, rowHeight])
  const keys = new Set<string | number>()
  const rows = Array.from({ length: end - first }, (_, place) => {
    const index = first + place
    const wanted = keyOf?.(index)
    // A list that changes while it is read may have something at two places for a moment.
    const key = wanted === undefined || keys.has(wanted) ? index : wanted
    keys.add(key)
    return { index, key }
  })
  return (
    <section
      ref={box}
      class="virtual"
      style={{ height: `${heightRem}rem` }}
      data-testid={testId}
      aria-label={label}
      onScroll={() => setTop(box.current?.scrollTop ?? 0)}
    >
      <ol class="virtual-space" style={{ height: `${count * rowHeight}px` }}>
        {rows.map(({ index, key }) => (
          <li
            key={key}
            class="virtual-row"
            aria-setsize={count}
            aria-posinset={index + 1}
            style={{
              height: `${rowHeight}px`,
              transform: `translateY(${index * rowHeight}px)`,
            }}
          >
            {row(index)}
          </li>
        ))}
      </ol>
    </section>
  )
}

function remPixels(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16
}
