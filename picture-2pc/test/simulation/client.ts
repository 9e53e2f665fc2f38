import type { NodeName, Operation } from '../../protocol/messages.ts'
import { Process } from './process.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

/** The picture that only plain likes touch, once it is uploaded. */
export const solo = 'solo.png'
/** The picture that transactions and plain operations fight for. */
export const mixed = 'mixed.png'

/** A client: one request after the other, without faults of its own. */
export class Client extends Process {
  readonly #random: Random
  #left: number

  constructor(name: NodeName, world: World, requests: number, random: Random) {
    super(name, world)
    this.#left = requests
    this.#random = random
  }

  get isDone(): boolean {
    return this.#left <= 0
  }

  override get unsynced(): number {
    return 0
  }

  override rot(): boolean {
    return false
  }

  override repair(): void {}

  protected override boot(): void {
    this.#next()
  }

  protected override die(): void {}
  protected override proceed(): void {}
  protected override tick(): void {}
  override handle(): void {}

  #next(): void {
    if (this.isDone) return
    this.after(this.#random.between(0, 100), () => {
      this.#left -= 1
      if (this.#random.chance(0.25)) this.#plain()
      else this.#transaction()
    })
  }

  #transaction(): void {
    const { transactional } = this.world
    const filename = this.#random.pick([mixed, ...transactional, ...transactional])
    this.world.begin(this, filename, this.#operation(), () => this.#next())
  }

  #plain(): void {
    const { participants, history } = this.world
    const node = participants[this.#random.below(participants.length)]
    if (node === undefined) return
    const onlyLikes = this.#random.chance(0.5)
    const filename = onlyLikes ? solo : mixed
    const operation: Operation = onlyLikes ? { kind: 'like' } : this.#operation()
    const request = { kind: 'Plain', filename, operation } as const
    const likes = history.likes(node)
    if (onlyLikes) likes.sent += 2 // the network may double it
    let over = false
    this.call(node, request, 1_000, (reply) => {
      if (over) return
      over = true
      if (onlyLikes && reply?.kind === 'done' && reply.success) likes.done += 1
      this.#next()
    })
  }

  #operation(): Operation {
    const kind = this.#random.pick(['delete', 'upload', 'upload', 'upload', 'like'] as const)
    if (kind !== 'upload') return { kind }
    return upload(this.world.nextId('bytes'))
  }
}

export function upload(sha256: string): Operation {
  return { kind: 'upload', size: sha256.length, sha256, uploadTime: 7 }
}

/** How long a client waits: longer than any transaction takes. */
export const patience = 8_000
