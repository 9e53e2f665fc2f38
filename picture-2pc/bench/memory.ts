import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Findings } from '../../bench/findings.ts'
import { removeFolder, temporaryFolder } from '../../bench/leftovers.ts'
import { progress } from '../../bench/progress.ts'
import type { Cell } from '../../bench/result.ts'
import { Loaders } from './loaders.ts'
import type { BenchCluster, Memory } from './processes.ts'

const BATCHES = 10
const CONCURRENCY = 32
const UPLOAD_BYTES = 32 * 1024 * 1024

/** Resident memory over 100,000 transactions, and while 100 uploads of 32 MiB run at once. */
export async function benchMemory(
  findings: Findings,
  cluster: BenchCluster,
  quick: boolean,
): Promise<void> {
  const [batch, uploads] = quick ? [1000, 10] : [10_000, 100]
  const rows: (readonly Cell[])[] = []
  const note = (when: string, { coordinatorBytes, participantBytes }: Memory) => {
    const [coordinator, participant] = [mebibytes(coordinatorBytes), mebibytes(participantBytes)]
    rows.push([when, coordinator, participant])
    findings.figure(`memory.${when}.coordinator`, coordinator)
    findings.figure(`memory.${when}.participant`, participant)
  }
  note('at start', await cluster.memory())
  const loaders = new Loaders(cluster)
  for (let at = 1; at <= BATCHES; at++) {
    progress(`memory: ${at} of ${BATCHES}`)
    const names = Array.from({ length: batch }, (_, index) => `m${at}-${index}.png`)
    await cluster.preload(names)
    await loaders.deleteAll(names, CONCURRENCY)
    note(`after ${at * batch} transactions`, await cluster.memory())
  }
  await loaders.close()
  progress(`memory: ${uploads} uploads`)
  note(`peak during ${uploads} uploads of 32 MiB`, await peakOf(cluster, uploads))
  note('after the uploads', await cluster.memory())
  progress('')
  findings.table({
    id: 'memory',
    title: 'resident memory, MiB',
    columns: [{ title: 'when' }, { title: 'coordinator' }, { title: 'a participant' }],
    rows,
  })
}

async function peakOf(cluster: BenchCluster, uploads: number): Promise<Memory> {
  const folder = temporaryFolder('bench-uploads-')
  const file = join(folder, 'large.bin')
  await writeFile(file, Buffer.alloc(UPLOAD_BYTES, 9))
  const peak = { coordinatorBytes: 0, participantBytes: 0 }
  const watch = setInterval(() => {
    cluster.memory().then(({ coordinatorBytes, participantBytes }) => {
      peak.coordinatorBytes = Math.max(peak.coordinatorBytes, coordinatorBytes)
      peak.participantBytes = Math.max(peak.participantBytes, participantBytes)
    }, console.error)
  }, 1000)
  const names = Array.from({ length: uploads }, (_, index) => `large-${index}.png`)
  const statuses = await Promise.all(names.map((name) => uploadFile(cluster.url, file, name)))
  clearInterval(watch)
  removeFolder(folder)
  if (statuses.some((status) => status !== '200')) {
    throw new Error(`not all were stored: ${statuses.join(' ')}`)
  }
  return peak
}

/** A process each: one sender of a hundred bodies would be what is measured. Needs curl. */
async function uploadFile(url: string, file: string, name: string): Promise<string> {
  const form = `file=@${file};filename=${name}`
  const { stdout } = await promisify(execFile)('curl', [
    ...['--silent', '--output', '/dev/null', '--write-out', '%{http_code}'],
    ...['--form', form, `${url}/upload`],
  ])
  return stdout
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20)
}
