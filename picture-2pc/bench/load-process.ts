import { forEach } from './for-each.ts'
import { HttpDeletes } from './http-deletes.ts'
import { PostgresDeletes } from './postgres/deletes.ts'
import type { Target } from './system.ts'

/** What a load process is told, one after the other. */
export type Order =
  | { readonly kind: 'connect'; readonly target: Target; readonly concurrency: number }
  | { readonly kind: 'delete'; readonly names: readonly string[] }
  | { readonly kind: 'leave' }

/** What it answers. */
export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly message: string }
  | {
      readonly kind: 'done'
      /** Of each transaction. */
      readonly micros: readonly number[]
      readonly cpuMicros: number
      readonly tookMs: number
    }

/** Runs one transaction at a time for each worker; rejects when one does not commit. */
export interface Deletes {
  remove(name: string, worker: number): Promise<void>
  close(): Promise<void>
}

let deletes: Deletes | null = null
let workers = 0

async function obey(order: Order): Promise<Report | null> {
  switch (order.kind) {
    case 'connect': {
      await deletes?.close()
      const { target, concurrency } = order
      workers = concurrency
      deletes =
        target.kind === 'postgres'
          ? await PostgresDeletes.connect(target, concurrency)
          : await HttpDeletes.connect(target.url, concurrency)
      return { kind: 'ready' }
    }
    case 'delete': {
      if (deletes === null) throw new Error('not connected')
      return timed(deletes, order.names)
    }
    case 'leave':
      await deletes?.close()
      process.disconnect()
      return null
  }
}

async function timed(deletes: Deletes, names: readonly string[]): Promise<Report> {
  const micros: number[] = []
  const before = process.cpuUsage()
  const began = performance.now()
  await forEach(names, workers, async (name, worker) => {
    const at = performance.now()
    await deletes.remove(name, worker)
    micros.push(Math.round((performance.now() - at) * 1000))
  })
  const tookMs = performance.now() - began
  const { user, system } = process.cpuUsage(before)
  return { kind: 'done', micros, cpuMicros: user + system, tookMs }
}

process.on('message', (order: Order) => {
  obey(order).then(
    (report) => {
      if (report !== null) process.send?.(report)
    },
    (error: unknown) => {
      process.send?.({ kind: 'failed', message: String(error) } satisfies Report)
    },
  )
})
