import { useRef } from 'preact/hooks'

export interface Tab {
  readonly id: string
  readonly label: string
  readonly count?: string
}

interface TabsProps {
  readonly label: string
  readonly tabs: readonly Tab[]
  readonly chosen: string
  choose(id: string): void
}

/** Tabs whose panel is the element with the id `panel-ID`. Arrow keys move between them. */
export function Tabs({ label, tabs, chosen, choose }: TabsProps) {
  const list = useRef<HTMLDivElement>(null)
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    const ends = { Home: 0, End: tabs.length - 1 }[event.key]
    if (step === undefined && ends === undefined) return
    event.preventDefault()
    const place = tabs.findIndex(({ id }) => id === chosen)
    const next = ends ?? (place + (step ?? 0) + tabs.length) % tabs.length
    choose(tabs[next]?.id ?? chosen)
    list.current?.querySelectorAll('button')[next]?.focus()
  }
  return (
    <div class="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={move}>
      {tabs.map(({ id, label: name, count }) => (
        <button
          key={id}
          type="button"
          role="tab"
          class="tab"
          id={`tab-${id}`}
          aria-selected={id === chosen}
          aria-controls={`panel-${id}`}
          tabIndex={id === chosen ? 0 : -1}
          onClick={() => choose(id)}
        >
          {name}
          {count !== undefined && <span class="count">{count}</span>}
        </button>
      ))}
    </div>
  )
}

interface PanelProps {
  readonly id: string
  readonly children: preact.ComponentChildren
}

/** What the tab of this id shows. */
export function TabPanel({ id, children }: PanelProps) {
  return (
    <div role="tabpanel" id={`panel-${id}`} aria-labelledby={`tab-${id}`}>
      {children}
    </div>
  )
}
