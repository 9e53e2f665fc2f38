import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from '../../../test/child.ts'
import { mountDisk, type SmallDisk, whyNoDisks } from '../../../test/disk-mount.ts'
import { PictureCluster } from '../cluster.ts'
import { heal, MAINS } from '../crash-cluster.ts'

/** Enough for the log with its checkpoint and the pictures, little enough to be filled in no time. */
const DISK_MEGABYTES = 48
const PATIENCE = { VOTE_TIMEOUT_MS: '2000', ACK_TIMEOUT_MS: '1000', LOG_LEVEL: 'warn' } as const

/**
 * A coordinator and three participants as real processes of the test build, a fault-injecting relay on
 * every way between two of them, and for each a small disk of its own where one can be mounted.
 */
export class TortureNodes implements AsyncDisposable {
  readonly cluster: PictureCluster
  /** Empty where none can be mounted. */
  readonly disks: ReadonlyMap<string, SmallDisk>
  readonly #folder: string

  private constructor(
    cluster: PictureCluster,
    disks: ReadonlyMap<string, SmallDisk>,
    folder: string,
  ) {
    this.cluster = cluster
    this.disks = disks
    this.#folder = folder
  }

  static async start(): Promise<TortureNodes> {
    const folder = await mkdtemp(join(tmpdir(), 'picture-2pc-torture-'))
    const cluster = await PictureCluster.create({ ...MAINS, env: PATIENCE, relayed: true })
    const disks = new Map<string, SmallDisk>()
    const mountable = (await whyNoDisks()) === null
    const nodes = new TortureNodes(cluster, disks, folder)
    try {
      for (const child of cluster.all) {
        if (mountable) disks.set(child.name, await mountDisk(DISK_MEGABYTES))
        await mkdir(nodes.dataOf(child.name))
        child.start({
          DATA_DIR: nodes.dataOf(child.name),
          HISTORY_DIR: nodes.historyOf(child.name),
          ORDERS: nodes.#ordersOf(child.name),
        })
      }
      await cluster.ready()
    } catch (error) {
      await nodes[Symbol.asyncDispose]()
      throw error
    }
    return nodes
  }

  get all(): readonly Child[] {
    return this.cluster.all
  }

  dataOf(name: string): string {
    return join(this.disks.get(name)?.path ?? this.#folder, `${name}.data`)
  }

  historyOf(name: string): string {
    return join(this.#folder, `${name}.history`)
  }

  /**
   * Each forced write of its log takes so much longer from now on. The delay stands in the test build's
   * way to the log, where a slow device would be felt; the device itself is as fast as ever.
   */
  async slowDisk(child: Child, delayMs: number): Promise<void> {
    await writeFile(this.#ordersOf(child.name), delayMs === 0 ? '' : `slow ${delayMs}`)
    child.signal('SIGUSR2')
  }

  /** Resolves when it takes connections, or has died, or does not for too long. */
  async serving(child: Child): Promise<void> {
    const { cluster } = this
    const place = cluster.participants.indexOf(child)
    const port = cluster.participantPorts[place] ?? Number(new URL(cluster.url).port)
    const until = performance.now() + 20_000
    while (child.running && performance.now() < until) {
      if (await takesConnections(port)) return
      await sleep(50)
    }
  }

  /** Starts whoever does not run, as whoever runs them does, until the action is over. */
  async keepingAlive<T>(action: () => Promise<T>, isMine: (child: Child) => boolean): Promise<T> {
    const watch = setInterval(() => {
      for (const child of this.all) if (!child.running && !isMine(child)) child.start()
    }, 100)
    try {
      return await action()
    } finally {
      clearInterval(watch)
    }
  }

  /** Ends what they suffer, starts them and waits until all transactions are over everywhere. */
  async heal(): Promise<void> {
    this.cluster.mesh?.heal()
    for (const disk of this.disks.values()) disk.free()
    for (const child of this.all) if (child.running) await this.slowDisk(child, 0)
    await this.keepingAlive(
      () => heal(this.cluster, 60_000),
      () => false,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster.stop()
    for (const disk of this.disks.values()) await disk[Symbol.asyncDispose]()
    await rm(this.#folder, { recursive: true, force: true })
  }

  #ordersOf(name: string): string {
    return join(this.#folder, `${name}.orders`)
  }
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
