/** A known bug as a patch of one place in the compiled code. It exists nowhere but in test code. */
export interface Edit {
  /** Path of the source, from the root of the project. */
  readonly module: string
  /** Must occur exactly once in the compiled module; any white space stands for any other. */
  readonly find: string
  readonly replace: string
}

/** The test that must fail with the bug in, and pass without it. */
export interface Killer {
  /** Path of the source of the test, from the root of the project. */
  readonly file: string
  /** Part of its title. */
  readonly title: string
  /** What its failure must say: one that fails for another reason has not seen the bug. */
  readonly sees: RegExp
}

export interface Mutation {
  /** Ids of KNOWN-BUGS, then a slug. */
  readonly id: string
  /** What goes wrong, in one line. */
  readonly story: string
  /** What the code does when it is left alone. */
  readonly rule: string
  readonly edits: readonly Edit[]
  readonly killer: Killer
  /** Who must see it too: each checker of a simulation is known to see something. */
  readonly also?: Killer
}

/** Throws where a patch does not fit: a mutation that changes nothing must not pass for one. */
export function patched(compiled: string, { module, find, replace }: Edit): string {
  const [place, another] = places(compiled, find)
  if (place === undefined) throw new Error(`${module} does not contain: ${find}`)
  if (another !== undefined) throw new Error(`${module} contains more than once: ${find}`)
  return compiled.slice(0, place.start) + replace + compiled.slice(place.end)
}

/** Where a snippet occurs, whatever the white space in it. */
export function places(compiled: string, find: string): { start: number; end: number }[] {
  const words = find.trim().split(/\s+/)
  const pattern = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('\\s+')
  return [...compiled.matchAll(new RegExp(pattern, 'g'))].map(({ index, 0: found }) => ({
    start: index,
    end: index + found.length,
  }))
}

/** For tables. */
export function edit(module: string, find: string, replace: string): Edit {
  return { module, find, replace }
}

/** Without `sees` any assertion counts, of the test or of the core. */
export function killedBy(file: string, title: string, sees = /ERR_ASSERTION/): Killer {
  return { file, title, sees }
}

/** The simulation of whole Raft clusters: one of its checkers, by the words it says. */
export function seenBy(checker: RegExp): Killer {
  return killedBy('music-raft/test/simulation/simulation.test.ts', 'clusters by seed', checker)
}
