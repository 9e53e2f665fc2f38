import { tortureRaft } from '../../music-raft/test/torture/torture.ts'
import { tortureTwoPhaseCommit } from '../../picture-2pc/test/torture/torture.ts'
import { type LongRun, longRun } from './long-run.ts'

const HALVES: Readonly<Record<string, (command: LongRun) => Promise<void>>> = {
  raft: tortureRaft,
  '2pc': tortureTwoPhaseCommit,
}

/** `npm run torture -- raft|2pc --minutes N`: real processes under fire. */
await longRun(
  'torture',
  async (command) => {
    const [word = ''] = command.words
    const torture = HALVES[word]
    if (torture === undefined || command.words.length > 1) {
      throw new Error(`say which: ${Object.keys(HALVES).join(' or ')}`)
    }
    await torture(command)
  },
  { minutes: 2 },
)
