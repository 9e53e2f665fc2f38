const TRANSACTION = /\bT\d+\b/
/** What befalls the servers and the network. */
const TROUBLE = /\b(c|n\d+) (starts|crashes|stops|goes on)$|^ *[\d.]+ {2}(cut|healed|a save|the )/
/** What is repeated more often tells nothing new. */
const MOST_TIMES = 3

/**
 * The trace of a run that failed, as far as it is about one transaction: the one that the failure
 * names, else the one it seems to be about.
 */
export function storyOf(lines: readonly string[], found: readonly string[]): string {
  const [id = suspect(lines, found)] = TRANSACTION.exec(found.join('\n')) ?? []
  const isMine = (line: string) => new RegExp(`\\b${id}\\b`).test(line)
  const told = lines
    .slice(lines.findIndex(isMine))
    .filter((line) => isMine(line) || TROUBLE.test(line))
  const times = new Map<string, number>()
  const fresh = told.filter((line) => {
    if (!isMine(line)) return true
    const what = line.replace(/^ *[\d.]+/, '')
    times.set(what, (times.get(what) ?? 0) + 1)
    return (times.get(what) ?? 0) <= MOST_TIMES
  })
  return [`transaction ${id}; times in virtual milliseconds`, ...fresh].join('\n')
}

/** Where the failure names none: what a core that gave up was about, or what was spoken of most. */
function suspect(lines: readonly string[], found: readonly string[]): string {
  const ids = lines.flatMap((line) => TRANSACTION.exec(line) ?? [])
  if (found.some((each) => each.includes('AssertionError'))) return ids.at(-1) ?? 'none'
  const times = new Map<string, number>()
  for (const id of ids) times.set(id, (times.get(id) ?? 0) + 1)
  return [...times].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 'none'
}
