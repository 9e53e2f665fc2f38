import { signal } from '@preact/signals'
import { countText } from '../../../common/web/model/time-format.ts'
import { Badge, Button, Card } from '../../../common/web/view/parts.tsx'
import { TableScroll } from '../../../common/web/view/TableScroll.tsx'
import {
  type LogAxis,
  type LogZoom,
  logAxis,
  logParts,
  logTrouble,
  placeOn,
} from '../model/log-axis.ts'
import type { NodeView } from '../model/node-views.ts'
import { view } from '../store.ts'
import { NodeName } from './role.tsx'

const zoom = signal<LogZoom>('tail')

const LEGEND = [
  ['snapshot', 'in the snapshot'],
  ['applied', 'applied'],
  ['committed', 'committed'],
  ['saved', 'on disk, not committed'],
  ['unsaved', 'in memory'],
] as const

/** Each node's log on one axis, so that whoever lags or diverges is seen at once. */
export function LogBars() {
  const { nodes, leadership } = view.value
  const axis = logAxis(nodes, zoom.value)
  const leader =
    nodes.find(({ id }) => leadership.kind === 'leader' && leadership.id === id) ?? null
  const tools = (
    <>
      <Button pressed={zoom.value === 'tail'} onClick={() => setZoom('tail')}>
        Newest entries
      </Button>
      <Button pressed={zoom.value === 'whole'} onClick={() => setZoom('whole')}>
        Whole log
      </Button>
    </>
  )
  const note = `entries ${countText(axis.begin + 1)} to ${countText(axis.end)}`
  return (
    <Card title="Logs" note={note} tools={tools} testId="logs">
      <TableScroll label="The log of each node">
        <table class="table logs">
          <caption class="visually-hidden">The log of each node</caption>
          <thead>
            <tr>
              <th scope="col">Node</th>
              <th scope="col" class="log-cell">
                Log
              </th>
              <th scope="col">State</th>
              {['First', 'Snapshot', 'Match', 'Commit', 'Applied', 'Last'].map((name) => (
                <th key={name} scope="col" class="number">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {nodes.map((node) => (
              <Row key={node.id} node={node} axis={axis} leader={leader} />
            ))}
          </tbody>
        </table>
      </TableScroll>
      <ul class="legend">
        {LEGEND.map(([kind, words]) => (
          <li key={kind}>
            <span class={`swatch ${kind}`} /> {words}
          </li>
        ))}
        <li>
          <span class="swatch match" /> match: the leader knows it is the same up to here
        </li>
      </ul>
    </Card>
  )
}

function setZoom(value: LogZoom): void {
  zoom.value = value
}

interface RowProps {
  readonly node: NodeView
  readonly axis: LogAxis
  readonly leader: NodeView | null
}

function Row({ node, axis, leader }: RowProps) {
  const { state, knowledge, matchIndex } = node
  const trouble = logTrouble(node, leader)
  return (
    <tr class={`log-row ${knowledge}`} data-testid={`log-${node.id}`} data-trouble={trouble}>
      <th scope="row">
        <NodeName id={node.id} />
      </th>
      <td class="log-cell">
        <Bar node={node} axis={axis} />
      </td>
      <td class="log-state">
        <LogState node={node} trouble={trouble} leader={leader} />
      </td>
      <Cell value={state?.firstIndex} />
      <Cell value={state?.snapshotIndex} />
      <Cell value={matchIndex ?? undefined} />
      <Cell value={state?.commitIndex} />
      <Cell value={state?.lastApplied} />
      <Cell value={state?.lastIndex} />
    </tr>
  )
}

interface LogStateProps {
  readonly node: NodeView
  readonly trouble: string
  readonly leader: NodeView | null
}

function LogState({ node, trouble, leader }: LogStateProps) {
  if (node.knowledge !== 'live') {
    return (
      <Badge tone="off" icon="clock">
        {node.state === null ? 'Never heard' : 'As last heard'}
      </Badge>
    )
  }
  if (trouble !== '') {
    return (
      <Badge tone="bad" icon="warning">
        {trouble}
      </Badge>
    )
  }
  if (leader === null) {
    return (
      <Badge tone="off" icon="question">
        No leader to compare
      </Badge>
    )
  }
  const leads = leader.id === node.id
  return (
    <Badge tone={leads ? 'accent' : 'good'} icon={leads ? 'star' : 'check'}>
      {leads ? 'Leads' : 'In step'}
    </Badge>
  )
}

function Cell({ value }: { readonly value: number | undefined }) {
  return <td class="number">{value === undefined ? '–' : countText(value)}</td>
}

/** Cut and moved by what costs no layout: nothing shifts while it grows. */
function Bar({ node, axis }: { readonly node: NodeView; readonly axis: LogAxis }) {
  const percent = (place: number) => `${(place * 100).toFixed(2)}%`
  const from0 = (index: number) => percent(placeOn(axis, index))
  const toEnd = (index: number) => percent(1 - placeOn(axis, index))
  const { matchIndex } = node
  return (
    <div class="bar">
      {logParts(node).map(({ kind, from, to }) => (
        <span
          key={kind}
          class={`bar-part ${kind}`}
          style={{ clipPath: `inset(0 ${toEnd(to)} 0 ${from0(from)})` }}
        />
      ))}
      {matchIndex !== null && (
        <span class="bar-match" style={{ transform: `translateX(${from0(matchIndex)})` }} />
      )}
    </div>
  )
}
