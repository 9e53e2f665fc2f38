import { useSignal } from '@preact/signals'
import { clockText, countText } from '../../../common/web/model/time-format.ts'
import { Notice } from '../../../common/web/view/parts.tsx'
import { Shell } from '../../../common/web/view/Shell.tsx'
import { Tabs } from '../../../common/web/view/Tabs.tsx'
import { now } from '../../../common/web/view/use-now.ts'
import { connection, dropped } from '../cluster.ts'
import { ArrowHeads } from './Arrows.tsx'
import { Gallery } from './Gallery.tsx'
import { Nodes } from './Nodes.tsx'
import { Transactions } from './Transactions.tsx'
import { Upload } from './Upload.tsx'

const TABS = [
  { id: 'pictures', label: 'Pictures' },
  { id: 'transactions', label: 'Transactions' },
] as const

export function Page() {
  const chosen = useSignal<string>('pictures')
  const tabs = (
    <div class="narrow-tabs">
      <Tabs
        label="Parts of the page"
        tabs={TABS}
        chosen={chosen.value}
        choose={(id) => {
          chosen.value = id
        }}
      />
    </div>
  )
  return (
    <Shell
      title="Two-phase commit"
      icon="pictures"
      tabs={tabs}
      connection={connection.value}
      now={now.value}
    >
      <ArrowHeads />
      <div class={`pictures-page show-${chosen.value}`}>
        <div class="heads">
          <Nodes />
          <Reservations />
        </div>
        <div class="column left" id="panel-pictures">
          <Upload />
          <Gallery />
        </div>
        <div class="column right" id="panel-transactions">
          <Transactions />
        </div>
      </div>
    </Shell>
  )
}

/** What the viewer must know before believing the rest. */
function Reservations() {
  const state = connection.value
  return (
    <div class="reservations">
      {state.kind !== 'live' && state.before !== null && (
        <Notice tone="warn" testId="stale">
          Nothing is heard from the coordinator since {clockText(state.before)}. All below is as it
          was then; what happens meanwhile is not known here. Trying again.
        </Notice>
      )}
      {dropped.value > 0 && (
        <Notice tone="off" testId="dropped">
          {countText(dropped.value)} events were left out because this page did not keep up.
        </Notice>
      )}
    </div>
  )
}
