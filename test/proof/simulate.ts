import { simulateRaft } from '../../music-raft/test/simulation/simulate.ts'
import { printMatrix, simulateTwoPhaseCommit } from '../../picture-2pc/test/simulation/simulate.ts'
import { type LongRun, longRun } from './long-run.ts'

// npm run simulate -- --minutes 1 [--only raft|2pc] [--seed S]
// npm run simulate -- matrix

type Half = (command: LongRun) => Promise<void>

const halves: Readonly<Record<string, Half>> = {
  raft: simulateRaft,
  '2pc': simulateTwoPhaseCommit,
}

await longRun('simulate', async (command) => {
  const [word] = command.words
  if (word === 'matrix') return printMatrix(command)
  if (word !== undefined) throw new Error(`${word}: the only word is matrix`)
  const wanted = Object.entries(halves).filter(([name]) => ['', name].includes(command.only))
  if (wanted.length === 0) throw new Error(`--only takes ${Object.keys(halves).join(' or ')}`)
  const began = performance.now()
  const share = (command.minutes * 60_000) / wanted.length
  for (const [place, [, half]] of wanted.entries()) {
    const until = began + share * (place + 1)
    await half({ ...command, over: () => command.over() || performance.now() >= until })
  }
})
