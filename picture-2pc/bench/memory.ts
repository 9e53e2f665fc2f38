import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Loaders } from './loaders.ts'
import type { BenchCluster } from './processes.ts'

const BATCH = 10_000
const BATCHES = 10
const UPLOADS = 100
const UPLOAD_BYTES = 32 * 1024 * 1024

/** Resident memory over 100,000 transactions, and while 100 uploads of 32 MiB run at once. */
export async function benchMemory(cluster: BenchCluster) {
  const rows = [await row(cluster, 'at start')]
  const loaders = new Loaders(cluster)
  for (let batch = 1; batch <= BATCHES; batch++) {
    const names = Array.from({ length: BATCH }, (_, index) => `m${batch}-${index}.png`)
    await cluster.preload(names)
    await loaders.deleteAll(names, 32)
    rows.push(await row(cluster, `after ${batch * BATCH} transactions`))
    console.log(JSON.stringify(rows.at(-1)))
  }
  await loaders.close()
  const peak = await uploads(cluster)
  rows.push({ when: `peak during ${UPLOADS} uploads of 32 MiB at once`, ...peak })
  rows.push(await row(cluster, 'after the uploads'))
  console.table(rows)
  return rows
}

async function row(cluster: BenchCluster, when: string) {
  const { coordinatorBytes, participantBytes } = await cluster.memory()
  return {
    when,
    'coordinator MiB': mebibytes(coordinatorBytes),
    'participant MiB': mebibytes(participantBytes),
  }
}

async function uploads(cluster: BenchCluster) {
  const folder = await mkdtemp(join(tmpdir(), 'bench-uploads-'))
  const file = join(folder, 'large.bin')
  await writeFile(file, Buffer.alloc(UPLOAD_BYTES, 9))
  let [coordinator, participant] = [0, 0]
  const watch = setInterval(() => {
    cluster.memory().then((usage) => {
      coordinator = Math.max(coordinator, usage.coordinatorBytes)
      participant = Math.max(participant, usage.participantBytes)
    }, console.error)
  }, 1000)
  const names = Array.from({ length: UPLOADS }, (_, index) => `large-${index}.png`)
  const began = performance.now()
  const statuses = await Promise.all(names.map((name) => uploadFile(cluster.url, file, name)))
  clearInterval(watch)
  await rm(folder, { recursive: true })
  const seconds = (performance.now() - began) / 1000
  const stored = statuses.filter((status) => status === '200').length
  console.log(`${stored} of ${UPLOADS} uploads stored in ${seconds.toFixed(1)} s`)
  if (stored < UPLOADS) throw new Error(`not all were stored: ${statuses.join(' ')}`)
  return {
    'coordinator MiB': mebibytes(coordinator),
    'participant MiB': mebibytes(participant),
  }
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
