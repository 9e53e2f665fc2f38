import type { Journal } from './journal.ts'

/** A core: one verb, and what it owes for each input, in order. */
export interface Core<I, O> {
  step(input: I, now: number): readonly O[]
}

/** What a protocol adds to the loop. */
export interface Duties<I, O, R, S> {
  readonly core: Core<I, O>
  readonly journal: Journal<R, S>
  /** The record that an output is, or null; `forced`: what follows waits until it is on disk. */
  recordOf(output: O): { readonly record: R; readonly forced: boolean } | null
  /** Does what an output that is no record asks for. Must not throw. */
  execute(output: O): void
  /** These records are on disk now. */
  saved?(records: readonly R[], tookMs: number): void
  /** Everything the records say so far. */
  snapshot(): S
  /** The log cannot be written: the process must stop. */
  fatal(error: unknown): void
}

/** Records that nobody waits for are on disk this late at most. */
const LAZY_WRITE_MS = 1000

/**
 * The one loop of a process: step, make durable, then do what is owed. Inputs gather while a save is
 * in flight, so that one forced write serves all of them (group commit).
 */
export class DutyLoop<I, O, R, S> {
  readonly #duties: Duties<I, O, R, S>
  #inbox: (I | (() => void))[] = []
  /** Records not yet on disk that nobody waits for. */
  #lazy: R[] = []
  #lazyTimer: NodeJS.Timeout | null = null
  /** Answers to reads, given after the save of the turn that read. */
  #afterSave: (() => void)[] = []
  #flush = false
  #scheduled = false
  #running: Promise<void> | null = null
  #checkpointing: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(duties: Duties<I, O, R, S>) {
    this.#duties = duties
  }

  /** Milliseconds of a clock that never goes back. */
  get now(): number {
    return performance.now()
  }

  /** Inputs that wait to be stepped. */
  get waiting(): number {
    return this.#inbox.length
  }

  submit(input: I): void {
    if (this.#stopped) return
    this.#inbox.push(input)
    this.#schedule()
  }

  /**
   * Reads the core's state between two steps; the answer comes when every forced record that the state
   * shows is on disk, so that nobody sees a change of a picture that a crash could undo.
   */
  read<T>(view: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#stopped) return reject(new Error('the loop is stopped'))
      this.#inbox.push(() => {
        const value = view()
        this.#afterSave.push(() => resolve(value))
      })
      this.#schedule()
    })
  }

  #schedule(): void {
    if (this.#scheduled || this.#running !== null) return
    this.#scheduled = true
    // Not a microtask: everything that arrived in this turn of the event loop shares one save.
    setImmediate(() => {
      this.#scheduled = false
      this.#running = this.#run().finally(() => {
        this.#running = null
        if (this.#inbox.length > 0) this.#schedule()
      })
    })
  }

  async #run(): Promise<void> {
    try {
      while (this.#inbox.length > 0 && !this.#stopped) await this.#turn()
    } catch (error) {
      this.#stopped = true
      this.#inbox = [] // what nobody will step must not keep the loop turning
      this.#duties.fatal(error)
    }
  }

  async #turn(): Promise<void> {
    const { journal, execute } = this.#duties
    const outputs: O[] = []
    for (const input of this.#inbox.splice(0)) {
      if (typeof input === 'function') (input as () => void)()
      else this.#step(input, outputs)
    }
    const afterSave = this.#afterSave.splice(0)
    if (this.#flush) await this.#save()
    else if (this.#lazy.length > 0) this.#saveLater()
    for (const output of outputs) execute(output)
    for (const tell of afterSave) tell()
    if (journal.checkpointDue) await this.#checkpoint()
  }

  #step(input: I, outputs: O[]): void {
    for (const output of this.#duties.core.step(input, this.now)) {
      const owed = this.#duties.recordOf(output)
      if (owed === null) {
        outputs.push(output)
      } else {
        this.#lazy.push(owed.record)
        this.#flush ||= owed.forced
      }
    }
  }

  async #save(): Promise<void> {
    this.#flush = false
    const records = this.#lazy
    this.#lazy = []
    if (records.length === 0) return
    const began = this.now
    await this.#duties.journal.append(records)
    this.#duties.saved?.(records, this.now - began)
  }

  #saveLater(): void {
    this.#lazyTimer ??= setTimeout(() => {
      this.#lazyTimer = null
      this.#inbox.push(() => {
        this.#flush = true
      })
      this.#schedule()
    }, LAZY_WRITE_MS).unref()
  }

  /** The state is taken now, with nothing unsaved; it is written while the loop goes on. */
  async #checkpoint(): Promise<void> {
    await this.#save()
    const { journal, snapshot, fatal } = this.#duties
    this.#checkpointing = journal.checkpoint(snapshot()).catch(fatal)
  }

  /** Takes no more inputs, finishes those it has, and closes the log. */
  async stop(): Promise<void> {
    while (this.#inbox.length > 0 || this.#running !== null) {
      await (this.#running ?? new Promise((resolve) => setImmediate(resolve)))
    }
    if (this.#stopped) return
    this.#stopped = true
    if (this.#lazyTimer !== null) clearTimeout(this.#lazyTimer)
    await this.#checkpointing
    await this.#save()
    await this.#duties.journal.close()
  }
}
