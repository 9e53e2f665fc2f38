import { longRun } from './long-run.ts'
import { mutations } from './mutations/all.ts'
import type { Mutation } from './mutations/mutation.ts'
import { nameOf, runKiller, survival } from './mutations/run-killer.ts'
import { storyOf } from './mutations/story.ts'

const USAGE = `npm run repro -- --list    every mutation: its id and its story
npm run repro -- ID        one of them (or all of a KNOWN-BUGS id, like R1): what happens and how it is caught
npm run repro -- all       each of them: who kills it, in how many seconds`

const [word = ''] = process.argv.slice(2)
if (word === '--list') list()
else if (word === 'all') await longRun('repro', all, { minutes: 10 })
else await tell(mutations.filter(({ id }) => id === word || id.startsWith(`${word}-`)))

function list(): void {
  const width = Math.max(...mutations.map(({ id }) => id.length))
  for (const { id, story } of mutations) console.log(`${id.padEnd(width)}  ${story}`)
}

async function tell(chosen: readonly Mutation[]): Promise<void> {
  if (word === '' || chosen.length === 0) {
    console.error(word === '' ? USAGE : `no mutation ${word}\n${USAGE}`)
    process.exitCode = 2
    return
  }
  for (const mutation of chosen) {
    const run = await runKiller(mutation, { story: true })
    console.log(`${storyOf(mutation, run).join('\n')}\n`)
    if (survival(mutation, run) !== null) process.exitCode = 1
  }
}

async function all(command: Parameters<Parameters<typeof longRun>[1]>[0]): Promise<void> {
  const survivors: string[] = []
  const width = Math.max(...mutations.map(({ id }) => id.length))
  command.set({ mutations: mutations.length, killed: 0, survived: 0 })
  for (const mutation of mutations) {
    if (command.over()) return
    const run = await runKiller(mutation, { signal: command.interrupted }).catch(ifInterrupted)
    if (run === null) return
    const why = survival(mutation, run)
    const { id, killer } = mutation
    const seconds = `${run.seconds.toFixed(1).padStart(5)} s`
    command.say(`${id.padEnd(width)}  ${seconds}  ${why ?? `killed by ${nameOf(killer)}`}`)
    command.count(why === null ? { killed: 1 } : { survived: 1 })
    if (why !== null) survivors.push(id)
  }
  if (survivors.length > 0) throw new Error(`survived: ${survivors.join(', ')}`)
}

function ifInterrupted(error: unknown): null {
  if (error instanceof Error && error.name === 'AbortError') return null
  throw error
}
