// Words of a command line, read in the same way by all benches. Each throws in words for people.

/** A number above 0. */
export function numberIn(name: string, word: string): number {
  const value = Number(word)
  if (value > 0) return value
  throw new Error(`--${name} takes a number above 0, not ${word}`)
}

/** A whole number above 0. */
export function wholeIn(name: string, word: string): number {
  const value = numberIn(name, word)
  if (Number.isSafeInteger(value)) return value
  throw new Error(`--${name} takes a whole number, not ${word}`)
}

/** Some of `parts`, with commas between. */
export function partsIn<P extends string>(parts: readonly P[], words: string): readonly P[] {
  return words.split(',').map((word) => {
    const part = parts.find((each) => each === word)
    if (part === undefined) throw new Error(`--only takes ${parts.join(', ')}, not ${word}`)
    return part
  })
}
