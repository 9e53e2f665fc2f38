import { longRun } from './long-run.ts'
import { mutations } from './mutations/all.ts'
import type { Mutation } from './mutations/mutation.ts'
import { nameOf, runKiller, survival } from './mutations/run-killer.ts'
import { storyOf } from './mutations/story.ts'

const USAGE = `npm run repro -- --list    every mutation: its id and its story
npm run repro -- ID        one of them (or all of a KNOWN-BUGS id, like R1): what happens and how it is caught
npm run repro -- all       each of them: who kills it, in how many seconds`

/** Far more than all of them take; whoever asks for less and gets less is told. */
const MINUTES = 60

const words = process.argv.slice(2)
const [word = ''] = words
if (words.includes('--list')) list()
else if (words.includes('all')) await longRun('repro', all, { minutes: MINUTES })
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
  const stop = new AbortController()
  process.on('SIGINT', () => stop.abort())
  for (const mutation of chosen) {
    const options = { story: true, signal: stop.signal }
    const run = await runKiller(mutation, options).catch(ifInterrupted)
    if (run === null || stop.signal.aborted) {
      process.exitCode = 130
      return
    }
    console.log(`${storyOf(mutation, run).join('\n')}\n`)
    if (survival(mutation, run) !== null) process.exitCode = 1
  }
}

async function all(command: Parameters<Parameters<typeof longRun>[1]>[0]): Promise<void> {
  const survivors: string[] = []
  let tried = 0
  const width = Math.max(...mutations.map(({ id }) => id.length))
  command.set({ mutations: mutations.length, killed: 0, survived: 0 })
  for (const mutation of mutations) {
    if (command.over()) break
    const run = await runKiller(mutation, { signal: command.interrupted }).catch(ifInterrupted)
    // Ctrl-C on a terminal reaches the killer as well: what became of it says nothing.
    if (run === null || command.interrupted.aborted) break
    tried += 1
    const why = survival(mutation, run)
    const { id, killer } = mutation
    const seconds = run.seconds.toFixed(1)
    command.say(
      `${id.padEnd(width)}  ${seconds.padStart(5)} s  ${why ?? `killed by ${nameOf(killer)}`}`,
    )
    command.list('ids', { id, killedBy: why === null ? nameOf(killer) : null, seconds: +seconds })
    command.count(why === null ? { killed: 1 } : { survived: 1 })
    if (why !== null) survivors.push(id)
  }
  if (survivors.length > 0) throw new Error(`survived: ${survivors.join(', ')}`)
  if (tried < mutations.length && !command.interrupted.aborted) {
    throw new Error(`only ${tried} of ${mutations.length} were tried: give it more --minutes`)
  }
}

function ifInterrupted(error: unknown): null {
  if (error instanceof Error && error.name === 'AbortError') return null
  throw error
}
