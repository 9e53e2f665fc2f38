import type { Disk } from './disk.ts'

export interface Core<Input, Output> {
  step(input: Input, now: number): readonly Output[]
}

export type Duty<Record> =
  | { readonly kind: 'force' | 'write'; readonly record: Record }
  | { readonly kind: string; readonly record?: never }

export interface Style {
  /** One sync takes all records that are owed, not only the first that is forced. */
  readonly groups: boolean
  /** Inputs wait while a save is in flight; otherwise the core runs ahead of its disk. */
  readonly gathers: boolean
}

export interface Host<Output> {
  now(): number
  /** A place at which the process may die or stop. False: it did. */
  point(label: string): boolean
  /** The same, right after what the label names was done. */
  passed(label: string): boolean
  perform(output: Output): void
  /** Forgotten when the process dies. */
  after(delay: number, run: () => void): void
  /** Milliseconds that the next save takes. */
  saveTime(): number
  /** Whether the save under way fails. That has ended the process. */
  saveFails(): boolean
}

interface Owed<Output> {
  readonly output: Output
  /** Behind its record, once that is appended. */
  position: number | null
}

/**
 * Honours the order of duty: everything behind a forced record waits until that record, and all
 * before it, are durable. Performs what it may as early as it may, which leaves a crash the most room.
 */
export class Driver<Input, Output extends Duty<Record>, Record, Base> {
  readonly #core: Core<Input, Output>
  readonly #disk: Disk<Record, Base>
  readonly #host: Host<Output>
  readonly #style: Style
  readonly #owed: Owed<Output>[] = []
  readonly #inbox: Input[] = []
  #saving = false

  constructor(
    core: Core<Input, Output>,
    disk: Disk<Record, Base>,
    host: Host<Output>,
    style: Style,
  ) {
    this.#core = core
    this.#disk = disk
    this.#host = host
    this.#style = style
  }

  get idle(): boolean {
    return this.#owed.length === 0 && this.#inbox.length === 0 && !this.#saving
  }

  submit(input: Input): void {
    this.#inbox.push(input)
    this.proceed()
  }

  /** Goes on with what is owed; called again by the host after a pause. */
  proceed(): void {
    if (!(this.#saving && this.#style.gathers)) {
      for (const input of this.#inbox.splice(0)) {
        const outputs = this.#core.step(input, this.#host.now())
        for (const output of outputs) this.#owed.push({ output, position: null })
      }
    }
    while (!this.#saving) {
      const first = this.#owed[0]
      if (first === undefined || !this.#fulfil(first)) return
    }
  }

  /** False: not now. */
  #fulfil(first: Owed<Output>): boolean {
    const { output } = first
    if (output.record === undefined) {
      if (output.kind !== 'event' && !this.#host.point(output.kind)) return false
      this.#owed.shift()
      this.#host.perform(output)
      return output.kind === 'event' || this.#host.passed(output.kind)
    }
    if (first.position === null) {
      if (!this.#host.point(output.kind)) return false
      this.#append(first, output.record)
    }
    const forces = output.kind === 'force'
    if (forces && (first.position ?? 0) > this.#disk.durable) {
      this.#save()
      this.#host.passed(output.kind)
      return false
    }
    this.#owed.shift()
    return forces || this.#host.passed(output.kind)
  }

  #append(owed: Owed<Output>, record: Record): void {
    this.#disk.append(record)
    owed.position = this.#disk.end
  }

  #save(): void {
    if (this.#style.groups) {
      for (const owed of this.#owed) {
        const { record } = owed.output
        if (record !== undefined && owed.position === null) this.#append(owed, record)
      }
    }
    const end = this.#disk.end
    this.#saving = true
    this.#host.after(this.#host.saveTime(), () => {
      if (this.#host.saveFails()) return
      this.#disk.sync(end)
      this.#saving = false
      if (this.#host.point('saved')) this.proceed()
    })
  }
}
