import { runSeed } from './run-seed.ts'

const TRANSACTION = /\bT\d+\b/
/** What befalls the servers and the network. */
const TROUBLE = /\b(c|n\d+) (starts|crashes|stops|goes on)$|^ *[\d.]+ {2}(cut|healed|a save|the )/
/** After the last thing that reached a disk: repetitions tell nothing new. */
const AFTERMATH = 12

/** The trace of a failing seed, as far as it is about one transaction. */
export function storyOf(seed: number, found: readonly string[]): string {
  const lines = runSeed(seed, true).world.lines ?? []
  const [id = suspect(lines, found)] = TRANSACTION.exec(found.join('\n')) ?? []
  const isMine = (line: string) => new RegExp(`\\b${id}\\b`).test(line)
  const told = lines.slice(lines.findIndex(isMine)).filter((l) => isMine(l) || TROUBLE.test(l))
  const settled = told.findLastIndex((line) => isMine(line) && line.includes('has on disk'))
  const head = `seed ${seed}, transaction ${id}; times in virtual milliseconds`
  return [head, ...told.slice(0, settled + 1 + AFTERMATH)].join('\n')
}

/** Where the failure names none: what a core that gave up was about, or what was spoken of most. */
function suspect(lines: readonly string[], found: readonly string[]): string {
  const ids = lines.flatMap((line) => TRANSACTION.exec(line) ?? [])
  if (found.some((each) => each.includes('AssertionError'))) return ids.at(-1) ?? 'none'
  const times = new Map<string, number>()
  for (const id of ids) times.set(id, (times.get(id) ?? 0) + 1)
  return [...times].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 'none'
}
