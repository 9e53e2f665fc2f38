import assert from 'node:assert/strict'
import type { Configuration, Entry, LogIndex, Message, NodeId, Term } from '../messages.ts'
import { RaftNode } from '../node.ts'
import type { Answer, Input, RaftEvent, Ready, Save } from '../ready.ts'
import { bytes, options, type TestOptions } from './build.ts'
import { checksum, Disk, key } from './disk.ts'
import { seeded } from './random.ts'

/** What a state machine was given; its snapshot is this list. */
export interface Applied {
  readonly index: LogIndex
  readonly term: Term
  readonly text: string
}

/** A state machine of a test's own, fed besides the list that every server keeps. */
export interface Machine {
  /** NOOP and CONFIG among them. */
  apply(entry: Entry): void
  snapshot(): Uint8Array
}

export interface ServerSetup {
  readonly id: NodeId
  readonly initialConfiguration: Configuration
  readonly options: TestOptions
  /** From nothing, or from what `snapshot` gave. */
  readonly machine?: (snapshot: Uint8Array | null) => Machine
}

/** A shell in miniature: a node, a disk that may be slow, a state machine that is a list. */
export class Server {
  readonly id: NodeId
  readonly disk = new Disk()
  readonly #setup: ServerSetup
  #node: RaftNode | null = null
  #starts = 0
  /** Saves handed out and not on disk, with what waits for them. */
  #saving: { readonly save: Save; readonly send: Message[] }[] = []
  outbox: Message[] = []
  applied: Applied[] = []
  machine: Machine | null = null
  answers: Answer[] = []
  events: RaftEvent[] = []
  /** True: a save takes until `completeSave`. */
  slowDisk = false

  constructor(setup: ServerSetup) {
    this.id = setup.id
    this.#setup = setup
    this.start()
  }

  get alive(): boolean {
    return this.#node !== null
  }

  get node(): RaftNode {
    assert(this.#node !== null, `n${this.id} is down`)
    return this.#node
  }

  get status() {
    return this.node.status()
  }

  get saving(): number {
    return this.#saving.length
  }

  start(lostDisk = false): void {
    this.#starts += 1
    const { options: given, initialConfiguration, id } = this.#setup
    const seed = (given.seed ?? 1) * 1000 + id * 10 + this.#starts
    const restart = this.disk.restart(initialConfiguration, lostDisk)
    const file = this.disk.snapshot === null ? null : this.disk.files.get(key(this.disk.snapshot))
    this.#load(file ?? null)
    this.#node = new RaftNode({ ...options(id, given), random: seeded(seed) }, restart)
    this.pay()
  }

  /** The process is gone, and with it every save that was not complete. */
  crash(): void {
    this.#node = null
    this.#saving = []
    this.outbox = []
    this.answers = []
  }

  step(...inputs: Input[]): void {
    for (const input of inputs) this.node.step(input)
    this.pay()
  }

  /** Pays everything owed; saves at once, unless the disk is slow. */
  pay(): void {
    for (let ready = this.node.ready(); ready !== null; ready = this.node.ready()) {
      this.#payOne(ready)
    }
  }

  #payOne(ready: Ready): void {
    this.events.push(...ready.events)
    this.outbox.push(...ready.sendNow)
    if (ready.save !== null) this.#saving.push({ save: ready.save, send: [...ready.send] })
    else if (this.#saving.length > 0) this.#saving.at(-1)?.send.push(...ready.send)
    else this.outbox.push(...ready.send)
    if (ready.restore !== null) {
      const file = this.disk.files.get(key(ready.restore))
      assert(file !== undefined, 'a snapshot is on disk before it is restored')
      this.#load(file)
      this.node.step({ kind: 'applied', index: ready.restore.lastIncludedIndex })
    }
    for (const entry of ready.apply) this.#apply(entry)
    const last = ready.apply.at(-1)
    if (last !== undefined) this.node.step({ kind: 'applied', index: last.index })
    this.answers.push(...ready.answers)
    if (ready.releaseTo !== null) {
      const covered = this.disk.snapshot?.lastIncludedIndex ?? 0
      assert(covered >= ready.releaseTo, 'only what a snapshot on disk covers is dropped')
      this.disk.release(ready.releaseTo)
    }
    if (!this.slowDisk) while (this.#saving.length > 0) this.#completeOne()
  }

  #apply(entry: Entry): void {
    const expected = (this.applied.at(-1)?.index ?? 0) + 1
    assert.equal(entry.index, expected, `n${this.id} applies in order, without gaps`)
    const onDisk = this.disk.entries.find(({ index }) => index === entry.index)
    assert.equal(onDisk?.term, entry.term, 'what is applied is on this disk')
    const text = `${entry.command} ${new TextDecoder().decode(entry.data)}`
    this.applied.push({ index: entry.index, term: entry.term, text })
    this.machine?.apply(entry)
  }

  #load(file: Uint8Array | null): void {
    const { applied, machine } = file === null ? { applied: [], machine: null } : parse(file)
    this.applied = applied
    const bytes = machine === null ? null : new Uint8Array(Buffer.from(machine, 'base64'))
    this.machine = this.#setup.machine?.(bytes) ?? null
  }

  #completeOne(): void {
    const done = this.#saving.shift()
    if (done === undefined) return
    this.disk.write(done.save)
    this.outbox.push(...done.send)
    this.node.step({ kind: 'saved', id: done.save.id })
  }

  /** The oldest save reaches the disk. */
  completeSave(): void {
    this.#completeOne()
    this.pay()
  }

  completeSaves(): void {
    while (this.#saving.length > 0) this.completeSave()
  }

  /** Takes a snapshot of the state machine and drops the log before it. */
  compact(): boolean {
    const point = this.node.snapshotPoint()
    if (point === null) return false
    if (point.lastIncludedIndex <= (this.status.snapshot?.lastIncludedIndex ?? 0)) return false
    const machine = this.machine === null ? null : this.machine.snapshot()
    const encoded = machine === null ? null : Buffer.from(machine).toString('base64')
    const file = bytes(JSON.stringify({ applied: this.applied, machine: encoded }))
    const snapshot = { ...point, size: file.length, checksum: checksum(file) }
    this.disk.keep(snapshot, file)
    this.step({ kind: 'compact', snapshot })
    return true
  }

  /** Messages on their way out, snapshot chunks filled in from the file. */
  takeOutbox(): Message[] {
    const taken = this.outbox
    this.outbox = []
    return taken.map((message) => {
      if (message.type !== 'InstallSnapshot' || message.length === 0) return message
      const file = this.disk.files.get(key(message.snapshot))
      assert(file !== undefined, 'a snapshot being sent is kept')
      const data = file.slice(message.offset, message.offset + message.length)
      return { ...message, data }
    })
  }

  /** Commands of the state machine's own, in order. */
  get commands(): string[] {
    return this.applied
      .map(({ text }) => text)
      .filter((text) => !text.startsWith('NOOP') && !text.startsWith('CONFIG'))
  }
}

interface SnapshotFile {
  readonly applied: Applied[]
  readonly machine: string | null
}

function parse(file: Uint8Array): SnapshotFile {
  return JSON.parse(new TextDecoder().decode(file)) as SnapshotFile
}
