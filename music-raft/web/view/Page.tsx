import { effect, signal } from '@preact/signals'
import { Shell } from '../../../common/web/view/Shell.tsx'
import { TabPanel, Tabs } from '../../../common/web/view/Tabs.tsx'
import { now } from '../../../common/web/view/use-now.ts'
import { askAbout } from '../about.ts'
import { beginListening, connection } from '../store.ts'
import { guardUnload } from '../writer.ts'
import { Charts } from './Charts.tsx'
import { LeaderBanner } from './LeaderBanner.tsx'
import { LogBars } from './LogBars.tsx'
import { Members } from './Members.tsx'
import { Messages } from './Messages.tsx'
import { NodeCards } from './NodeCards.tsx'
import { Queue } from './Queue.tsx'
import { Timeline } from './Timeline.tsx'
import { WhatHappened } from './WhatHappened.tsx'

const TABS = [
  { id: 'cluster', label: 'Cluster' },
  { id: 'queue', label: 'Queue' },
  { id: 'members', label: 'Members' },
] as const

const chosen = signal(tabOf(location.hash))

/** Call once. */
export function beginPage(): void {
  addEventListener('hashchange', () => {
    chosen.value = tabOf(location.hash)
  })
  effect(() => {
    if (connection.value.kind === 'live') void askAbout()
  })
  guardUnload()
  beginListening()
}

/** The Raft page. */
export function Page() {
  const tabs = <Tabs label="Views" tabs={TABS} chosen={chosen.value} choose={choose} />
  return (
    <Shell title="Raft" icon="raft" tabs={tabs} connection={connection.value} now={now.value}>
      <TabPanel id={chosen.value}>
        {chosen.value === 'cluster' && <Cluster />}
        {chosen.value === 'queue' && <Queue />}
        {chosen.value === 'members' && <Members />}
      </TabPanel>
    </Shell>
  )
}

function Cluster() {
  return (
    <div class="cluster">
      <LeaderBanner />
      <NodeCards />
      <div class="two wide-first">
        <Timeline />
        <WhatHappened />
      </div>
      <LogBars />
      <Messages />
      <Charts />
    </div>
  )
}

function choose(id: string): void {
  chosen.value = id
  scrollTo({ top: 0 })
  history.replaceState(null, '', `#${id}`)
}

function tabOf(hash: string): string {
  return TABS.find(({ id }) => `#${id}` === hash)?.id ?? 'cluster'
}
