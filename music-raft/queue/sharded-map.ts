const SHARDS = 1024
const SHARD_BITS = 10
const LEAST_SLOTS = 8
/** A shard doubles when more than this part of it is taken. */
const MOST_TAKEN = 0.65

/**
 * A map by text, in the manner of a Map, of which no single call is slow. A Map of a million keys
 * doubles in one go now and then, for which all keys are hashed again: more than 50 ms in which no
 * heartbeat is sent. Here one shard doubles at a time. It is only ever asked for keys, never iterated,
 * so that no order of its own can leak into an answer (R17).
 *
 * Open addressing with the hashes side by side (Knuth 6.4, algorithm L): to find that a key is not
 * there, as is asked of every new track, takes one line of memory, where a Map follows a pointer for
 * each key that it compares.
 *
 * Keys are chosen by clients. Who knows the seed can choose many with one hash, and every call for them
 * is then as slow as they are many: in production it is to be random, and nobody's to know.
 */
export class ShardedMap<V> {
  readonly #shards: (Shard<V> | undefined)[] = new Array(SHARDS).fill(undefined)
  readonly #seed: number
  /** The key asked for last: it is often the next one too, as what is not there is then put there. */
  #lastKey = ''
  #lastHash: number

  /** @param seed 32 bits; of no effect on any answer. */
  constructor(seed = 0) {
    this.#seed = seed
    this.#lastHash = hashOf('', seed)
  }

  get(key: string): V | undefined {
    const hash = this.#hashOf(key)
    return this.#shards[hash & (SHARDS - 1)]?.get(key, hash)
  }

  set(key: string, value: V): void {
    const hash = this.#hashOf(key)
    const place = hash & (SHARDS - 1)
    let shard = this.#shards[place]
    if (shard === undefined) {
      shard = new Shard()
      this.#shards[place] = shard
    }
    shard.set(key, hash, value)
  }

  delete(key: string): void {
    const hash = this.#hashOf(key)
    this.#shards[hash & (SHARDS - 1)]?.delete(key, hash)
  }

  #hashOf(key: string): number {
    if (key === this.#lastKey) return this.#lastHash
    this.#lastKey = key
    this.#lastHash = hashOf(key, this.#seed)
    return this.#lastHash
  }
}

class Shard<V> {
  /** 0: the slot is free. A power of two of them, never all taken. */
  #hashes = new Int32Array(LEAST_SLOTS)
  #keys: (string | undefined)[] = new Array(LEAST_SLOTS).fill(undefined)
  #values: (V | undefined)[] = new Array(LEAST_SLOTS).fill(undefined)
  #size = 0

  get(key: string, hash: number): V | undefined {
    return this.#values[this.#find(key, hash)]
  }

  set(key: string, hash: number, value: V): void {
    let slot = this.#find(key, hash)
    if (this.#hashes[slot] === 0) {
      if (this.#size + 1 > this.#hashes.length * MOST_TAKEN) {
        this.#grow()
        slot = this.#find(key, hash)
      }
      this.#size += 1
      this.#hashes[slot] = hash
      this.#keys[slot] = key
    }
    this.#values[slot] = value
  }

  /** What comes after a freed slot moves up, so that no search ends before it (algorithm R). */
  delete(key: string, hash: number): void {
    const hashes = this.#hashes
    const mask = hashes.length - 1
    let free = this.#find(key, hash)
    if (hashes[free] === 0) return
    this.#size -= 1
    for (let slot = (free + 1) & mask; hashes[slot] !== 0; slot = (slot + 1) & mask) {
      const home = homeOf(hashes[slot] ?? 0, mask)
      if (((slot - home) & mask) < ((slot - free) & mask)) continue
      hashes[free] = hashes[slot] ?? 0
      this.#keys[free] = this.#keys[slot]
      this.#values[free] = this.#values[slot]
      free = slot
    }
    hashes[free] = 0
    this.#keys[free] = undefined
    this.#values[free] = undefined
  }

  /** The slot of a key, or the free one where it would be put. */
  #find(key: string, hash: number): number {
    const hashes = this.#hashes
    const mask = hashes.length - 1
    for (let slot = homeOf(hash, mask); ; slot = (slot + 1) & mask) {
      const found = hashes[slot]
      if (found === 0 || (found === hash && this.#keys[slot] === key)) return slot
    }
  }

  #grow(): void {
    const [hashes, keys, values] = [this.#hashes, this.#keys, this.#values]
    const slots = hashes.length * 2
    this.#hashes = new Int32Array(slots)
    this.#keys = new Array(slots).fill(undefined)
    this.#values = new Array(slots).fill(undefined)
    for (let at = 0; at < hashes.length; at++) {
      const hash = hashes[at] ?? 0
      if (hash === 0) continue
      let slot = homeOf(hash, slots - 1)
      while (this.#hashes[slot] !== 0) slot = (slot + 1) & (slots - 1)
      this.#hashes[slot] = hash
      this.#keys[slot] = keys[at]
      this.#values[slot] = values[at]
    }
  }
}

/** From bits that do not choose the shard. */
function homeOf(hash: number, mask: number): number {
  return (hash >>> SHARD_BITS) & mask
}

/**
 * FNV-1a over UTF-16 units, mixed so that every bit depends on all, and never 0. Not the beginning alone
 * depends on the seed: of keys that differ late, collisions would often outlast another beginning.
 */
export function hashOf(key: string, seed: number): number {
  const factor = (0x01000193 ^ Math.imul(seed, 0x9e3779b1)) | 1
  let hash = 0x811c9dc5 ^ seed
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), factor)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  hash ^= hash >>> 16
  return hash === 0 ? 1 : hash
}
