/** Roughly what a value takes in memory; byte arrays inside `input` take nothing of their own. */
export function sizeOf(value: unknown, input: Buffer): number {
  let size = 0
  const seen = new Set<object>()
  const left: unknown[] = [value]
  while (left.length > 0) {
    const next = left.pop()
    if (typeof next === 'string') size += 16 + next.length
    else if (typeof next !== 'object' || next === null) size += 8
    else if (!seen.has(next)) {
      seen.add(next)
      size += 32
      if (next instanceof Uint8Array) size += next.buffer === input.buffer ? 0 : next.byteLength
      else for (const [key, each] of entriesOf(next)) left.push(key, each)
    }
  }
  return size
}

function entriesOf(value: object): Iterable<readonly [unknown, unknown]> {
  if (value instanceof Map) return value
  if (Array.isArray(value)) return value.map((each) => [null, each] as const)
  return Object.values(value).map((each) => [null, each] as const)
}
