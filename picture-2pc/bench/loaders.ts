import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { build } from 'hdr-histogram-js'
import { watchProcess } from '../../bench/leftovers.ts'
import { cpuMicrosOfTrees } from '../../bench/processes.ts'
import type { Order, Report } from './load-process.ts'
import type { PictureSystem } from './system.ts'

const ENTRY = join(import.meta.dirname, 'load-process.js')
/** What one run at one concurrency showed. */
export interface Figures {
  readonly transactions: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** CPU time of the server processes, microseconds a transaction. */
  readonly cpuMicros: number
  /** CPU time of the load processes, microseconds a transaction. */
  readonly loadCpuMicros: number
  /** Of the load process that was busiest: its part of one core. */
  readonly loadBusy: number
  /** A transaction. */
  readonly coordinatorForced: number
  readonly participantForced: number
}

/** A process that loads a system. */
class Loader {
  readonly #child: ChildProcess = watchProcess(fork(ENTRY))
  #hear: (report: Report) => void = () => undefined

  constructor() {
    this.#child.on('message', (report: Report) => this.#hear(report))
    this.#child.once('exit', () => {
      this.#hear({ kind: 'failed', message: 'a load process ended' })
    })
  }

  async ask<K extends Report['kind']>(
    order: Order,
    wanted: K,
  ): Promise<Extract<Report, { kind: K }>> {
    const report = await new Promise<Report>((resolve) => {
      this.#hear = resolve
      this.#child.send(order)
    })
    if (report.kind === 'failed') throw new Error(report.message)
    if (report.kind !== wanted) throw new Error(`${report.kind} in place of ${wanted}`)
    return report as Extract<Report, { kind: K }>
  }

  async leave(): Promise<void> {
    if (this.#child.exitCode !== null) return
    this.#child.send({ kind: 'leave' } satisfies Order)
    await once(this.#child, 'exit')
  }
}

/** The load processes of one system; they stay, so that their code is compiled when it counts. */
export class Loaders {
  readonly #system: PictureSystem
  readonly #loaders: Loader[] = []

  constructor(system: PictureSystem) {
    this.#system = system
  }

  /** Deletes each of these pictures by two-phase commit, so many at a time, and measures. */
  async deleteAll(names: readonly string[], concurrency: number): Promise<Figures> {
    const system = this.#system
    const loaders = this.#of(concurrency)
    const { target } = system
    await Promise.all(
      loaders.map((loader, at) => {
        const own = share(concurrency, loaders.length, at)
        return loader.ask({ kind: 'connect', target, concurrency: own }, 'ready')
      }),
    )
    const [cpuBefore, forcedBefore] = [usage(system), await system.forcedWrites()]
    const began = performance.now()
    const reports = await Promise.all(
      loaders.map((loader, at) => {
        const own = names.filter((_, index) => index % loaders.length === at)
        return loader.ask({ kind: 'delete', names: own }, 'done')
      }),
    )
    const seconds = (performance.now() - began) / 1000
    const cpuMicros = usage(system) - cpuBefore
    const forced = await system.forcedWrites()
    return {
      ...timesOf(reports, names.length),
      perSecond: names.length / seconds,
      cpuMicros: cpuMicros / names.length,
      coordinatorForced: perEach(forced?.coordinator, forcedBefore?.coordinator, names.length),
      participantForced: perEach(forced?.participant, forcedBefore?.participant, names.length),
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#loaders.map((loader) => loader.leave()))
  }

  #of(concurrency: number): readonly Loader[] {
    const wanted = Math.min(concurrency, this.#system.loadProcesses)
    while (this.#loaders.length < wanted) this.#loaders.push(new Loader())
    return this.#loaders.slice(0, wanted)
  }
}

function timesOf(reports: readonly Extract<Report, { kind: 'done' }>[], transactions: number) {
  const histogram = build({ lowestDiscernibleValue: 1, highestTrackableValue: 60_000_000 })
  for (const { micros } of reports) {
    for (const each of micros) histogram.recordValue(Math.max(1, each))
  }
  if (histogram.totalCount !== transactions) throw new Error('a transaction was not measured')
  const loadCpu = reports.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0)
  return {
    transactions,
    p50Ms: histogram.getValueAtPercentile(50) / 1000,
    p99Ms: histogram.getValueAtPercentile(99) / 1000,
    loadCpuMicros: loadCpu / transactions,
    loadBusy: Math.max(...reports.map(({ cpuMicros, tookMs }) => cpuMicros / (tookMs * 1000))),
  }
}

function share(whole: number, parts: number, at: number): number {
  return Math.floor(whole / parts) + (at < whole % parts ? 1 : 0)
}

function usage(system: PictureSystem): number {
  return cpuMicrosOfTrees(system.pids())
}

function perEach(after: number | undefined, before: number | undefined, count: number): number {
  return after === undefined || before === undefined ? Number.NaN : (after - before) / count
}
