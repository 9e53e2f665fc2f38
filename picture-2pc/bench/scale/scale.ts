import type { Findings } from '../../../bench/findings.ts'
import { median } from '../../../bench/machine.ts'
import { progress } from '../../../bench/progress.ts'
import { type Figures, Loaders } from '../loaders.ts'
import { BenchCluster } from '../processes.ts'
import { type Filled, fill } from './fill.ts'
import { reportScale } from './report.ts'

const SIZES = [1000, 10_000, 100_000, 1_000_000]
const CONCURRENCY = 32
const LISTS = 5
const RESTARTS = 3

/** What so many pictures cost. */
export interface ScaleRow {
  readonly pictures: number
  readonly filled: Filled
  /** 32 deletes at a time, of other pictures. */
  readonly deletes: Figures
  readonly alone: Figures
  /** A page of 100 names right after a change. */
  readonly listMs: number
  /** A participant was killed; until it takes connections again. */
  readonly restartMs: number
  readonly mebibytes: number
}

/** The cost of an operation while the participants hold more and more. */
export async function benchScale(
  findings: Findings,
  { pictures, quick }: { readonly pictures: number; readonly quick: boolean },
): Promise<void> {
  const rows: ScaleRow[] = []
  for (const size of SIZES.filter((each) => each <= pictures)) {
    progress(`scale: ${size} pictures`)
    rows.push(await rowOf(size, quick ? 1000 : 4000))
  }
  progress('')
  if (rows.length === 0) throw new Error(`scale begins at ${SIZES[0]} pictures`)
  reportScale(findings, rows)
}

async function rowOf(pictures: number, deletes: number): Promise<ScaleRow> {
  const fills: Filled[] = []
  const cluster = await BenchCluster.start(async (directory) => {
    fills.push(await fill(directory, pictures))
  })
  const loaders = new Loaders(cluster)
  const run = async (label: string, count: number, concurrency: number) => {
    const names = Array.from({ length: count }, (_, index) => `${label}-${index}.png`)
    await cluster.preload(names)
    return loaders.deleteAll(names, concurrency)
  }
  try {
    await run('warm', deletes / 2, CONCURRENCY)
    const many = await run('many', deletes, CONCURRENCY)
    const alone = await run('alone', deletes / 10, 1)
    const listMs = await listed(cluster)
    const restarts: number[] = []
    for (let time = 0; time < RESTARTS; time++) restarts.push(await cluster.restartParticipant())
    const { participantBytes } = await cluster.memory()
    const [filled] = fills
    if (filled === undefined) throw new Error('nothing was filled')
    return {
      ...{ pictures, filled, deletes: many, alone, listMs },
      restartMs: median(restarts),
      mebibytes: participantBytes / 2 ** 20,
    }
  } finally {
    await loaders.close()
    await cluster.stop()
  }
}

/** The order of names is not what it was when the last page was asked for. */
async function listed(cluster: BenchCluster): Promise<number> {
  const times: number[] = []
  for (let at = 0; at < LISTS; at++) {
    await cluster.preload([`listed-${at}.png`])
    const began = performance.now()
    const answer = await fetch(`${cluster.url}/list?limit=100`)
    await answer.arrayBuffer()
    if (answer.status !== 200) throw new Error(`/list: ${answer.status}`)
    times.push(performance.now() - began)
  }
  return median(times)
}
