import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

interface TableScrollProps {
  readonly label: string
  readonly children: ComponentChildren
}

/** Around a table that may be wider than the screen: scrolled sideways, by keyboard too. */
export function TableScroll({ label, children }: TableScrollProps) {
  const box = useRef<HTMLElement>(null)
  useLayoutEffect(() => box.current?.setAttribute('tabindex', '0'), [])
  return (
    <section ref={box} class="table-scroll" aria-label={label}>
      {children}
    </section>
  )
}
