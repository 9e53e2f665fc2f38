import { tortureRaft } from '../../music-raft/test/torture/torture.ts'
import { type LongRun, longRun } from './long-run.ts'

const HALVES: Readonly<Record<string, (command: LongRun) => Promise<void>>> = {
  raft: tortureRaft,
}

/** `npm run torture -- raft --minutes N`: real processes under fire. */
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
