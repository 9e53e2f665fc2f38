const SHARDS = 1024

/**
 * A Map by text of which no single call is slow. A plain Map of a million keys doubles in one go now
 * and then, for which all keys are hashed again: more than 50 ms in which no heartbeat is sent. Here
 * one shard doubles at a time. It is only ever asked for keys, never iterated, so that no order of
 * its own can leak into an answer (R17).
 */
export class ShardedMap<V> {
  readonly #shards: (Map<string, V> | undefined)[] = new Array(SHARDS).fill(undefined)

  get(key: string): V | undefined {
    return this.#shards[shardOf(key)]?.get(key)
  }

  set(key: string, value: V): void {
    const shard = shardOf(key)
    let map = this.#shards[shard]
    if (map === undefined) {
      map = new Map()
      this.#shards[shard] = map
    }
    map.set(key, value)
  }

  delete(key: string): void {
    this.#shards[shardOf(key)]?.delete(key)
  }
}

/** FNV-1a over UTF-16 units, folded. */
function shardOf(key: string): number {
  let hash = 0x811c9dc5 | 0
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
  return (hash ^ (hash >>> 10) ^ (hash >>> 20)) & (SHARDS - 1)
}
