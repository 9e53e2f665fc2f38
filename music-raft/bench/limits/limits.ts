import { progress } from '../../../bench/progress.ts'
import { type Context, timed } from '../context.ts'
import type { Target } from '../load/pool.ts'
import type { MusicRaft } from '../music-raft.ts'
import { PLACES } from '../system.ts'
import { LimitProcesses } from './processes.ts'
import { BATCH, MANY, type Round, reportLimits } from './report.ts'

/** The parts of a write measured alone in the same run, and how near to their sum ours comes. */
export async function benchLimits(context: Context, ours: MusicRaft) {
  const processes = await LimitProcesses.start()
  try {
    await round(context, processes, ours) // compiled code
    const rounds: Round[] = []
    for (let number = 1; number <= context.rounds; number++) {
      progress(`limits: round ${number} of ${context.rounds}`)
      rounds.push(await round(context, processes, ours))
    }
    progress('')
    reportLimits(context.findings, rounds)
  } finally {
    await processes.stop()
  }
}

/** Each part alone, one after the other, and then ours. */
async function round(context: Context, processes: LimitProcesses, ours: MusicRaft): Promise<Round> {
  const ms = context.seconds * 300
  const load = (name: string, target: Target, concurrency: number, at = 0) =>
    timed({ ...context, seconds: Math.max(0.5, context.seconds / 2) }, `limits, ${name}`, target, {
      ...{ operation: 'write', targets: [at], concurrency },
    })
  const [alone] = await processes.forcedWrites(1, { records: 1, ms })
  const pair = await processes.forcedWrites(2, { records: 1, ms })
  const [batch] = await processes.forcedWrites(1, { records: BATCH, ms })
  const unary = await load('one call', processes.target('unary'), 1)
  const message = await load('one message', processes.target('messages'), 1)
  const calls = await load('calls', processes.target('unary'), MANY)
  const messages = await load('messages', processes.target('messages'), MANY)
  const leader = await ours.settled()
  const one = await load('music-raft, 1 at a time', ours, 1, leader)
  const before = await forcedWrites(ours)
  const many = await load(`music-raft, ${MANY} at a time`, ours, MANY, leader)
  const after = await forcedWrites(ours)
  return {
    forcedAlone: alone?.p50Micros ?? Number.NaN,
    forcedPair: Math.max(...pair.map(({ p50Micros }) => p50Micros)),
    forcedAloneCpu: alone?.cpuMicros ?? Number.NaN,
    batch: batch?.p50Micros ?? Number.NaN,
    batchCpu: batch?.cpuMicros ?? Number.NaN,
    unary: unary.p50Ms * 1000,
    message: message.p50Ms * 1000,
    echoCpu: calls.cpuMicros,
    echoClientCpu: calls.loadCpuMicros,
    messageCpu: messages.cpuMicros,
    messageClientCpu: messages.loadCpuMicros,
    ours: one.p50Ms * 1000,
    oursCpu: many.cpuMicros,
    oursBatch: (after.entries - before.entries) / (after.forced - before.forced),
  }
}

/** Of a node on average, and the entries they were for. */
async function forcedWrites(ours: MusicRaft) {
  const forced = await Promise.all(PLACES.map((at) => ours.metric(at, 'raft_forced_writes')))
  const entries = await Promise.all(PLACES.map((at) => ours.metric(at, 'raft_last_log_index')))
  const mean = (all: readonly number[]) => all.reduce((sum, each) => sum + each, 0) / all.length
  return { forced: mean(forced), entries: mean(entries) }
}
