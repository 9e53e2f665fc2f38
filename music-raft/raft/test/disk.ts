import assert from 'node:assert/strict'
import type { Configuration, Entry, LogIndex, SnapshotMetadata } from '../messages.ts'
import type { Restart } from '../options.ts'
import type { HardState, Save } from '../ready.ts'

/** A disk in memory. What `write` was given survives a crash; nothing else does. */
export class Disk {
  hardState: HardState | null = null
  entries: Entry[] = []
  snapshot: SnapshotMetadata | null = null
  staged: { snapshot: SnapshotMetadata; bytes: Uint8Array[]; bytesStored: number } | null = null
  /** Bytes of every snapshot that may still be read, by `key`. */
  readonly files = new Map<string, Uint8Array>()

  write(save: Save): void {
    if (save.hardState !== null) this.hardState = save.hardState
    for (const { snapshot, offset, data } of save.chunks) {
      if (this.staged === null || key(this.staged.snapshot) !== key(snapshot) || offset === 0) {
        this.staged = { snapshot, bytes: [], bytesStored: 0 }
      }
      assert.equal(offset, this.staged.bytesStored, 'chunks arrive without gaps')
      this.staged.bytes.push(data)
      this.staged.bytesStored += data.length
    }
    if (save.snapshot !== null) this.#install(save.snapshot)
    if (save.discardLog) this.entries = []
    if (save.truncateFrom !== null) {
      const from = save.truncateFrom
      this.entries = this.entries.filter((entry) => entry.index < from)
    }
    this.#append(save.entries)
  }

  #install(snapshot: SnapshotMetadata): void {
    const { staged } = this
    const bytes = staged === null ? new Uint8Array() : Buffer.concat(staged.bytes)
    assert.equal(bytes.length, snapshot.size, 'an installed snapshot is complete')
    assert.equal(checksum(bytes), snapshot.checksum, 'and is what the leader has')
    this.keep(snapshot, bytes)
    this.staged = null
    // Figure 5.3: a log that ends before the snapshot is all covered by it.
    if ((this.entries.at(-1)?.index ?? 0) < snapshot.lastIncludedIndex) this.entries = []
  }

  #append(entries: readonly Entry[]): void {
    for (const entry of entries) {
      const last = this.entries.at(-1)?.index ?? this.snapshot?.lastIncludedIndex ?? 0
      assert.equal(entry.index, last + 1, 'S18: storage is given contiguous entries')
      this.entries.push(entry)
    }
  }

  keep(snapshot: SnapshotMetadata, bytes: Uint8Array): void {
    this.snapshot = snapshot
    this.files.set(key(snapshot), bytes)
  }

  release(index: LogIndex): void {
    this.entries = this.entries.filter((entry) => entry.index > index)
  }

  wipe(): void {
    Object.assign(this, new Disk())
  }

  restart(initialConfiguration: Configuration, lostDisk = false): Restart {
    const { hardState, snapshot, entries, staged } = this
    return {
      hardState,
      snapshot,
      entries: [...entries],
      initialConfiguration,
      staged:
        staged === null ? null : { snapshot: staged.snapshot, bytesStored: staged.bytesStored },
      lostDisk,
    }
  }
}

export function key(snapshot: SnapshotMetadata): string {
  return `${snapshot.lastIncludedIndex}/${snapshot.lastIncludedTerm}/${snapshot.size}/${snapshot.checksum}`
}

export function checksum(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => (Math.imul(sum, 31) + byte) >>> 0, 7)
}
