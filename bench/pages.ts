import { randomUUID } from 'node:crypto'
import type { Browser } from 'playwright-core'
import { MusicRaftClient } from '../music-raft/bench/load/music-raft-client.ts'
import { MusicRaft, SHIPPED_TIMERS } from '../music-raft/bench/music-raft.ts'
import { BenchCluster } from '../picture-2pc/bench/processes.ts'
import { frames } from '../test/browser/in-page.ts'
import { plain } from '../test/browser/png.ts'
import { openBrowser, Tab } from '../test/browser/tab.ts'
import { BenchViewer } from './viewers.ts'

/** A frame that took longer than this was not one of sixty a second. */
const LATE_MS = 1000 / 60 + 2

/** A cluster whose page is looked at while it works. */
interface Subject {
  readonly name: string
  /** Of the process whose page it is. */
  readonly url: string
  /** One change; about as many a second as asked are made. */
  change(index: number): Promise<void>
  stop(): Promise<void>
}

/**
 * `npm run bench -- pages`: frames a second of both pages, in headless Chromium without a graphics card,
 * while nothing happens and while so many events a second stream in. Cluster, load and browser share
 * the machine.
 */
export async function benchPages(eventsPerSecond: number, seconds: number) {
  const browser = await openBrowser()
  const rows: Row[] = []
  try {
    for (const start of [raft, pictures]) {
      const subject = await start()
      try {
        rows.push(await run(browser, subject, 0, seconds))
        rows.push(await run(browser, subject, eventsPerSecond, seconds))
      } finally {
        await subject.stop()
      }
    }
  } finally {
    await browser.close()
  }
  console.table(rows)
  return rows
}

async function raft(): Promise<Subject> {
  const system = await MusicRaft.start(SHIPPED_TIMERS)
  const leader = await system.settled()
  const client = new MusicRaftClient(system.addresses)
  const name = randomUUID().slice(0, 13)
  return {
    name: 'Raft, five nodes',
    url: system.httpUrl(leader),
    change: async (index) => {
      await client.call('write', leader, { clientId: randomUUID(), name }, index + 1)
    },
    stop: () => {
      client.close()
      return system.stop()
    },
  }
}

async function pictures(): Promise<Subject> {
  const cluster = await BenchCluster.start()
  const form = (name: string) => {
    const body = new FormData()
    body.set('file', new Blob([new Uint8Array(plain(name.length))]), name)
    return { method: 'POST', body }
  }
  for (let at = 0; at < 24; at += 1) await fetch(`${cluster.url}/upload`, form(`liked-${at}.png`))
  return {
    name: 'Pictures, four processes',
    url: cluster.url,
    change: async (index) => {
      const answer = await fetch(`${cluster.url}/like/liked-${index % 24}.png`, { method: 'POST' })
      await answer.arrayBuffer()
    },
    stop: () => cluster.stop(),
  }
}

type Row = Awaited<ReturnType<typeof run>>

async function run(browser: Browser, subject: Subject, events: number, seconds: number) {
  await using tab = await Tab.open(browser, `${subject.url}/`)
  await tab.page.locator('[data-testid=connection][data-state=live]').waitFor()
  const viewer = await BenchViewer.open(`${subject.url}/events?cluster=1`, true)
  const load = new Load(subject, viewer, events)
  try {
    await load.settle()
    const before = { events: viewer.events, at: performance.now() }
    const gaps = (await tab.page.evaluate(frames(seconds * 1000))) as readonly number[]
    const took = (performance.now() - before.at) / 1000
    const sorted = gaps.toSorted((a, b) => a - b)
    const at = (part: number) => Number((sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1))
    return {
      page: subject.name,
      'events/s': Math.round((viewer.events - before.events) / took),
      'frames/s': Number((gaps.length / (gaps.reduce((a, b) => a + b, 0) / 1000)).toFixed(1)),
      'median ms': at(0.5),
      'p99 ms': at(0.99),
      'longest ms': at(1 - 1 / (2 * gaps.length)),
      'late %': Number(
        ((gaps.filter((gap) => gap > LATE_MS).length / gaps.length) * 100).toFixed(1),
      ),
      shifts: (await tab.shifts()).length,
    }
  } finally {
    await load.stop()
    viewer.close()
  }
}

/** Changes at a steady pace, found by counting the events that come of them. */
class Load {
  readonly #subject: Subject
  readonly #viewer: BenchViewer
  readonly #events: number
  readonly #running = new Set<Promise<void>>()
  #perSecond: number
  #index = 0
  #timer: NodeJS.Timeout | null = null

  constructor(subject: Subject, viewer: BenchViewer, events: number) {
    this.#subject = subject
    this.#viewer = viewer
    this.#events = events
    this.#perSecond = events / 40
  }

  /** Three looks at the pace; with no load a moment for the page to come to rest. */
  async settle(): Promise<void> {
    for (let look = 0; look < 3; look += 1) {
      this.#pace()
      const before = this.#viewer.events
      await new Promise((resolve) => setTimeout(resolve, 2000))
      const seen = (this.#viewer.events - before) / 2
      if (this.#events > 0) this.#perSecond *= Math.min(4, this.#events / Math.max(seen, 1))
    }
    this.#pace()
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    await Promise.all(this.#running)
  }

  #pace(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    if (this.#perSecond === 0) return
    this.#timer = setInterval(() => this.#change(), 1000 / this.#perSecond)
  }

  #change(): void {
    if (this.#running.size > 256) return // it does not keep up: fewer events are what is reported
    const change = this.#subject.change(this.#index++).finally(() => this.#running.delete(change))
    this.#running.add(change)
  }
}
