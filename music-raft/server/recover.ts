import { parseArgs } from 'node:util'
import { messageOf } from '../../common/errors.ts'
import { configured, exitCode } from '../../common/lifecycle.ts'
import { readRaftConfig } from './config.ts'
import { recoverQuorum } from './recovery/command.ts'

const USAGE = `Shows what the disk of a stopped node holds and, where a majority of the disks is lost for good, makes
it the only member of a new cluster. Takes the environment of the node (NODE_ID, PEERS, DATA_DIR).

Usage: recover.js [--i-understand] [--despite-lost-disk]

  (nothing)            shows what the disk holds, and what a recovery would cost; changes nothing
  --i-understand       recovers this disk: what it lacks is given up
  --despite-lost-disk  also where this node had itself lost its disk and not caught up
`

process.exitCode = await main(process.argv.slice(2))

async function main(words: string[]): Promise<number> {
  const given = parsed(words)
  if (given === null || given.help) {
    process[given === null ? 'stderr' : 'stdout'].write(USAGE)
    return given === null ? 2 : 0
  }
  const config = configured(process, () => readRaftConfig(process.env))
  try {
    await recoverQuorum(config, given, { out: (text) => void process.stdout.write(text) })
    return 0
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`)
    return exitCode(error)
  }
}

/** null: not what can be asked for. */
function parsed(args: string[]) {
  const flag = { type: 'boolean', default: false } as const
  const options = { 'i-understand': flag, 'despite-lost-disk': flag, help: { ...flag, short: 'h' } }
  try {
    const { values } = parseArgs({ args, options, strict: true })
    const { help } = values
    return {
      help,
      understood: values['i-understand'],
      despiteLostDisk: values['despite-lost-disk'],
    }
  } catch {
    return null
  }
}
