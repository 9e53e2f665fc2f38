import { build, decodeFromCompressedBase64, type Histogram } from 'hdr-histogram-js'

/** Of microseconds, up to two minutes, three digits. */
export function latencies(): Histogram {
  return build({ lowestDiscernibleValue: 1, highestTrackableValue: 120_000_000 })
}

/** All in one. */
export function joined(encoded: readonly string[]): Histogram {
  const all = latencies()
  for (const each of encoded) all.add(decodeFromCompressedBase64(each))
  return all
}
