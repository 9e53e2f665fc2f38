import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { RecordLog } from '../../../common/record-log.ts'
import { latencies } from '../load/histogram.ts'

/** How to write, and how long. */
export interface WriteOrder {
  /** Of 150 bytes, in each forced write. */
  readonly records: number
  readonly ms: number
}

export interface WriteReport {
  readonly p50Micros: number
  /** CPU time of a forced write. */
  readonly cpuMicros: number
}

const RECORD_BYTES = 150

// A process that writes to a record log of its own as the nodes do, one forced write after the other.

const [, , folder = ''] = process.argv
const directory = mkdtempSync(join(folder, 'log-'))
const log = await RecordLog.open({ directory, onRecord: () => undefined })
await log.tryReserve()

async function write({ records, ms }: WriteOrder): Promise<WriteReport> {
  const batch = Array.from({ length: records }, () => new Uint8Array(RECORD_BYTES).fill(7))
  const histogram = latencies()
  const cpu = process.cpuUsage()
  const until = performance.now() + ms
  while (performance.now() < until) {
    const began = performance.now()
    await log.append(batch)
    histogram.recordValue(Math.max(1, Math.round((performance.now() - began) * 1000)))
  }
  const { user, system } = process.cpuUsage(cpu)
  return {
    p50Micros: histogram.getValueAtPercentile(50),
    cpuMicros: (user + system) / histogram.totalCount,
  }
}

process.on('message', (order: WriteOrder) => {
  write(order).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.once('disconnect', () => process.exit())
process.send?.('ready')
