import { deleteAll, forEach, preload } from './load.ts'
import type { BenchCluster } from './processes.ts'

const BATCH = 10_000
const BATCHES = 10
const UPLOADS = 100
const UPLOAD_BYTES = 32 * 1024 * 1024

/** Resident memory over 100,000 transactions, and while 100 uploads of 32 MiB run at once. */
export async function benchMemory(cluster: BenchCluster) {
  const rows = [await row(cluster, 'at start')]
  for (let batch = 1; batch <= BATCHES; batch++) {
    const names = Array.from({ length: BATCH }, (_, index) => `m${batch}-${index}.png`)
    await preload(cluster, names)
    await deleteAll(cluster, names, 32)
    rows.push(await row(cluster, `after ${batch * BATCH} transactions`))
    console.log(JSON.stringify(rows.at(-1)))
  }
  const peak = await uploads(cluster)
  rows.push({ when: `peak during ${UPLOADS} uploads of 32 MiB at once`, ...peak })
  rows.push(await row(cluster, 'after the uploads'))
  console.table(rows)
  return rows
}

async function row(cluster: BenchCluster, when: string) {
  const { coordinatorBytes, participantBytes } = await cluster.usage()
  return {
    when,
    'coordinator MiB': mebibytes(coordinatorBytes),
    'participant MiB': mebibytes(participantBytes),
  }
}

async function uploads(cluster: BenchCluster) {
  const file = new Blob([Buffer.alloc(UPLOAD_BYTES, 9)])
  let [coordinator, participant] = [0, 0]
  const watch = setInterval(() => {
    cluster.usage().then((usage) => {
      coordinator = Math.max(coordinator, usage.coordinatorBytes)
      participant = Math.max(participant, usage.participantBytes)
    }, console.error)
  }, 1000)
  const names = Array.from({ length: UPLOADS }, (_, index) => `large-${index}.png`)
  const began = performance.now()
  const statuses: number[] = []
  await forEach(names, UPLOADS, async (name) => {
    const form = new FormData()
    form.set('file', file, name)
    const response = await fetch(`${cluster.url}/upload`, { method: 'POST', body: form })
    await response.text()
    statuses.push(response.status)
  })
  clearInterval(watch)
  const seconds = (performance.now() - began) / 1000
  const stored = statuses.filter((status) => status === 200).length
  console.log(`${stored} of ${UPLOADS} uploads stored in ${seconds.toFixed(1)} s`)
  return {
    'coordinator MiB': mebibytes(coordinator),
    'participant MiB': mebibytes(participant),
  }
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20)
}
