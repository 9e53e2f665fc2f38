import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { watchProcess } from '../../../bench/leftovers.ts'
import { cpuMicrosOf } from '../../../bench/processes.ts'
import type { ClientKind, Operation } from './client.ts'
import type { Length } from './closed-loop.ts'
import { joined } from './histogram.ts'
import type { LoadOrder, LoadReport } from './messages.ts'

const MAIN = join(import.meta.dirname, 'main.js')

/** What is called. */
export interface Target {
  readonly client: ClientKind
  readonly addresses: readonly string[]
  /** Whose CPU time counts; by place, where a leader is told. */
  pids(): readonly number[]
}

export interface Load {
  readonly targets: readonly number[]
  readonly operation: Operation
  readonly concurrency: number
  readonly length: Length
  /** Load processes; default 1. */
  readonly processes?: number
}

/** What one run showed. */
export interface Figures {
  readonly calls: number
  readonly failed: number
  readonly failure: string
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
  readonly maxMs: number
  /** CPU time of all processes called, microseconds a call. */
  readonly cpuMicros: number
  /** CPU time of the load processes, microseconds a call. */
  readonly loadCpuMicros: number
}

/** Processes that make load, started when first needed, stopped together. */
export class LoadPool {
  readonly #children: ChildProcess[] = []

  async run(target: Target, load: Load): Promise<Figures> {
    const { processes = 1, length, concurrency, targets, operation } = load
    while (this.#children.length < processes) {
      this.#children.push(watchProcess(fork(MAIN, { execArgv: [] })))
    }
    const { client, addresses } = target
    const used = this.#children.slice(0, Math.min(processes, concurrency))
    const reports = used.map((child, at) => {
      const slots = share(concurrency, at, used.length)
      const calls = 'calls' in length ? { calls: share(length.calls, at, used.length) } : length
      return ask(child, { client, addresses, targets, operation, slots, length: calls })
    })
    const [cpuPerSecond, ...all] = await Promise.all([
      cpuRate(target, length, Promise.all(reports)),
      ...reports,
    ])
    return figuresOf(all, cpuPerSecond)
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#children.splice(0).map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return
        const gone = once(child, 'exit')
        child.disconnect()
        await gone
      }),
    )
  }
}

/** Parts of a whole that differ by one at most. */
export function share(whole: number, at: number, parts: number): number {
  return Math.floor(whole / parts) + (at < whole % parts ? 1 : 0)
}

export function figuresOf(reports: readonly LoadReport[], cpuPerSecond: number): Figures {
  const sum = (of: (report: LoadReport) => number) =>
    reports.reduce((total, report) => total + of(report), 0)
  const latencies = joined(reports.map((report) => report.latencies))
  const ms = (percent: number) => latencies.getValueAtPercentile(percent) / 1000
  const perSecond = sum(({ calls, seconds }) => (seconds > 0 ? calls / seconds : 0))
  const calls = sum((report) => report.calls)
  return {
    calls,
    failed: sum((report) => report.failed),
    failure: reports.find(({ failure }) => failure !== '')?.failure ?? '',
    perSecond,
    p50Ms: ms(50),
    p99Ms: ms(99),
    p999Ms: ms(99.9),
    maxMs: latencies.maxValue / 1000,
    cpuMicros: cpuPerSecond / perSecond,
    loadCpuMicros: sum((report) => report.cpuMicros) / calls,
  }
}

/** CPU time of what is called, microseconds a second, while the calls are made that count. */
async function cpuRate(
  target: Target,
  length: Length,
  ended: Promise<readonly LoadReport[]>,
): Promise<number> {
  if ('ms' in length) await sleep(length.warmMs)
  const [pids, before, began] = [target.pids(), cpuMicrosOf(target.pids()), performance.now()]
  if ('ms' in length) {
    await sleep(length.ms)
    const seconds = (performance.now() - began) / 1000
    return (cpuMicrosOf(pids) - before) / seconds
  }
  // All of it is for these calls, however long the processes took to begin.
  const seconds = Math.max(...(await ended).map((report) => report.seconds))
  return (cpuMicrosOf(pids) - before) / seconds
}

function ask(child: ChildProcess, order: LoadOrder): Promise<LoadReport> {
  return new Promise((resolve, reject) => {
    const died = () => reject(new Error('a load process ended'))
    child.once('exit', died)
    child.once('message', (report) => {
      child.off('exit', died)
      resolve(report as LoadReport)
    })
    child.send(order)
  })
}
