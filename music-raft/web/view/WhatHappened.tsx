import { signal } from '@preact/signals'
import { countText, preciseClockText } from '../../../common/web/model/time-format.ts'
import { Icon } from '../../../common/web/view/Icon.tsx'
import { Button, Card, NodeTag } from '../../../common/web/view/parts.tsx'
import { VirtualList } from '../../../common/web/view/VirtualList.tsx'
import type { Happening } from '../model/happenings.ts'
import { type Line, lineOf } from '../model/words.ts'
import { model, version } from '../store.ts'

const all = signal(false)

interface Told {
  readonly happening: Happening
  readonly line: Line
}

const told = new Map<string, Told>()
let shown: readonly Told[] = []
let shownVersion = ''

/** The same as the timeline, in words, newest first. */
export function WhatHappened() {
  void version.value
  const lines = newestFirst()
  const { forgotten } = model.happenings
  const tools = (
    <Button pressed={all.value} onClick={() => setAll(!all.value)}>
      Every detail
    </Button>
  )
  const note = forgotten === 0 ? undefined : `${countText(forgotten)} older ones are let go`
  return (
    <Card title="What happened" note={note} tools={tools} testId="happenings">
      {lines.length === 0 ? (
        <p class="empty tall">Nothing yet: no election since anybody looked.</p>
      ) : (
        <VirtualList
          label="What happened, newest first"
          count={lines.length}
          rowRem={3.1}
          heightRem={16.8}
          keepPlace
          row={(index) => <Row told={lines[index]} />}
        />
      )}
    </Card>
  )
}

function setAll(value: boolean): void {
  all.value = value
}

function newestFirst(): readonly Told[] {
  const wanted = `${model.happenings.version} ${all.value}`
  if (wanted === shownVersion) return shown
  shownVersion = wanted
  const { list } = model.happenings
  const lines: Told[] = []
  for (let place = list.length - 1; place >= 0; place -= 1) {
    const happening = list[place]
    if (happening === undefined) continue
    const known = told.get(happening.key) ?? { happening, line: lineOf(happening.event) }
    told.set(happening.key, known)
    if (all.value || known.line.weight !== 'fine') lines.push(known)
  }
  if (told.size > list.length * 2) told.clear()
  shown = lines
  return shown
}

function Row({ told: row }: { readonly told: Told | undefined }) {
  if (row === undefined) return null
  const { happening, line } = row
  return (
    <div class={`happening ${line.weight}`} data-kind={happening.event.kind}>
      <Icon name={line.icon} />
      <div class="happening-words" title={line.text}>
        <time>{preciseClockText(model.offset.toHere(happening.time))}</time>{' '}
        <span class="happening-text">
          <NodeTag name={`Node ${happening.node}`} place={Number(happening.node)} /> {line.text}
        </span>
      </div>
    </div>
  )
}
