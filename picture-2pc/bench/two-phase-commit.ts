import { Findings } from '../../bench/findings.ts'
import { finish } from '../../bench/finish.ts'
import { machine } from '../../bench/machine.ts'
import { benchDeletes } from './deletes.ts'
import { benchMemory } from './memory.ts'
import type { BenchOptions } from './options.ts'
import { findPostgres, INSTALL_POSTGRES } from './postgres/install.ts'
import { Postgres } from './postgres/postgres.ts'
import { BenchCluster } from './processes.ts'
import { benchScale } from './scale/scale.ts'
import type { PictureSystem } from './system.ts'

/** `npm run bench -- 2pc`. */
export async function benchTwoPhaseCommit(options: BenchOptions): Promise<void> {
  const { node, cores, cpu, memoryGiB, commit } = machine()
  console.log(`Node ${node}, ${cores} cores (${cpu}), ${memoryGiB} GiB, commit ${commit}`)
  console.log(
    'a coordinator and three participants as shipped, logging to files; 10 KiB pictures; a closed loop',
  )
  if (options.versus && findPostgres() === null) throw new Error(INSTALL_POSTGRES)
  const findings = new Findings()
  const { parts, versus } = options
  if (parts.includes('deletes')) {
    await withSystems(findings, versus, (_, systems) => benchDeletes(findings, systems, options))
  }
  if (parts.includes('memory')) {
    await withSystems(findings, false, (ours) => benchMemory(findings, ours, options.quick))
  }
  if (parts.includes('scale')) await benchScale(findings, options)
  finish(findings.result('2pc', { ...options }), options.out)
}

/** New systems, ours first. */
async function withSystems(
  findings: Findings,
  versus: boolean,
  bench: (ours: BenchCluster, systems: readonly PictureSystem[]) => Promise<void>,
): Promise<void> {
  const systems: PictureSystem[] = []
  try {
    const ours = await BenchCluster.start()
    systems.push(ours)
    if (versus) systems.push(await Postgres.start())
    for (const { name, version } of systems) findings.version(name, version)
    await bench(ours, systems)
  } finally {
    await Promise.all(systems.map((system) => system.stop()))
  }
}
