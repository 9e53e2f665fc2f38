import type { Checker } from './checker.ts'

/** P18: what is finished everywhere is forgotten everywhere. */
export const boundedMemory: Checker = ({ coordinator, participantProcesses }) => {
  if (coordinator.core.unfinished().length > 0) return 'P18 the coordinator remembers decisions'
  for (const { name, core } of participantProcesses) {
    const { tombstones } = core.state.snapshot()
    if (tombstones.length > 2) return `P18 ${name} remembers ${tombstones.length} transactions`
  }
  return null
}
