import { connect, createServer, type Server, type Socket } from 'node:net'

/** `there`: from whoever connects to the target; `back`: its answers. */
export type Direction = 'there' | 'back'

/** Bytes that wait in one direction of one connection before its reader is held up. */
const MAX_WAITING = 1 << 20

/**
 * Stands between two real processes and carries their TCP connections. A direction that is cut is
 * silent, as behind a broken cable: what is sent waits in buffers, nobody hears of a connection that
 * closes, new connections are not answered. What waited arrives when the cut heals within the
 * patience of both ends, as retransmission would have it.
 */
export class Relay implements AsyncDisposable {
  readonly port: number
  /** Connections carried so far. */
  carried = 0
  /** Bytes that came for the target so far. */
  bytesThere = 0
  readonly #server: Server
  readonly #links = new Set<Link>()
  readonly #state: LinkState = { cut: new Set(), delayMs: { there: 0, back: 0 } }

  private constructor(server: Server, port: number, targetPort: number) {
    this.#server = server
    this.port = port
    server.on('connection', (socket) => {
      this.carried += 1
      const link = new Link(socket, targetPort, this.#state, () => this.#links.delete(link))
      this.#links.add(link)
      socket.on('data', (data) => {
        this.bytesThere += data.byteLength
      })
    })
  }

  /** Listens on `port` of this machine for what is meant for `targetPort` of this machine. */
  static async start(port: number, targetPort: number): Promise<Relay> {
    const server = createServer({ noDelay: true })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
    return new Relay(server, port, targetPort)
  }

  /** Nothing passes in this direction until `heal`. */
  cut(direction: Direction): void {
    this.#state.cut.add(direction)
  }

  /** Everything in this direction takes so many milliseconds longer; order is kept. */
  slow(direction: Direction, delayMs: number): void {
    this.#state.delayMs[direction] = delayMs
  }

  /** Breaks every connection of now: both ends are told. */
  reset(): void {
    for (const link of this.#links) link.destroy()
  }

  /** Ends cuts and slowness. */
  heal(): void {
    this.#state.cut.clear()
    this.#state.delayMs = { there: 0, back: 0 }
    for (const link of this.#links) link.proceed()
  }

  async close(): Promise<void> {
    this.reset()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

interface LinkState {
  readonly cut: Set<Direction>
  delayMs: Record<Direction, number>
}

/** One connection: two sockets and what is under way between them. */
class Link {
  readonly #near: Socket
  readonly #pumps: readonly Pump[]
  #far: Socket | null = null
  readonly #targetPort: number
  readonly #state: LinkState
  readonly #over: () => void

  constructor(near: Socket, targetPort: number, state: LinkState, over: () => void) {
    this.#near = near
    this.#targetPort = targetPort
    this.#state = state
    this.#over = over
    this.#pumps = [new Pump('there', near, state), new Pump('back', null, state)]
    near.on('error', () => undefined)
    near.on('close', () => this.#closed('there'))
    this.proceed()
  }

  /** A connection needs both directions, so it is made once neither is cut. */
  proceed(): void {
    if (this.#far === null && this.#state.cut.size === 0 && !this.#near.destroyed) {
      const far = connect({ host: '127.0.0.1', port: this.#targetPort, noDelay: true })
      this.#far = far
      far.on('error', () => undefined)
      far.on('close', () => this.#closed('back'))
      const [there, back] = this.#pumps
      there?.into(far)
      back?.from(far)
      back?.into(this.#near)
    }
    for (const pump of this.#pumps) pump.proceed()
  }

  destroy(): void {
    this.#near.destroy()
    this.#far?.destroy()
    this.#over()
  }

  /** The end of one side reaches the other behind what it sent, and not through a cut. */
  #closed(direction: Direction): void {
    const pump = this.#pumps[direction === 'there' ? 0 : 1]
    if (this.#far === null) return this.destroy()
    pump?.end(() => {
      const other = direction === 'there' ? this.#far : this.#near
      other?.destroySoon()
      if (other?.destroyed === true) this.#over()
    })
  }
}

/** One direction of one connection. */
class Pump {
  readonly #direction: Direction
  readonly #state: LinkState
  #from: Socket | null = null
  #into: Socket | null = null
  #waiting: { readonly run: () => void; readonly bytes: number; readonly at: number }[] = []
  #bytes = 0
  #isDraining = false
  #timer: NodeJS.Timeout | null = null

  constructor(direction: Direction, from: Socket | null, state: LinkState) {
    this.#direction = direction
    this.#state = state
    if (from !== null) this.from(from)
  }

  from(socket: Socket): void {
    this.#from = socket
    socket.on('data', (data) => {
      this.#push(data.byteLength, () => {
        if (this.#into?.write(data) === false) this.#waitForDrain(this.#into)
      })
    })
    socket.on('end', () => this.#push(0, () => this.#into?.end()))
  }

  into(socket: Socket): void {
    this.#into = socket
  }

  end(run: () => void): void {
    this.#push(0, run)
  }

  #push(bytes: number, run: () => void): void {
    const at = performance.now() + this.#state.delayMs[this.#direction]
    this.#waiting.push({ run, bytes, at })
    this.#bytes += bytes
    if (this.#bytes > MAX_WAITING) this.#from?.pause()
    this.proceed()
  }

  #waitForDrain(into: Socket): void {
    if (this.#isDraining) return
    this.#isDraining = true
    this.#from?.pause()
    into.once('drain', () => {
      this.#isDraining = false
      this.#resume()
    })
  }

  #resume(): void {
    if (this.#bytes <= MAX_WAITING && !this.#isDraining) this.#from?.resume()
  }

  /** Passes on what may pass now. */
  proceed(): void {
    for (;;) {
      const [first] = this.#waiting
      if (first === undefined || this.#into === null || this.#state.cut.has(this.#direction)) break
      const early = first.at - performance.now()
      if (early > 0.5) return this.#proceedIn(early)
      this.#waiting.shift()
      this.#bytes -= first.bytes
      first.run()
    }
    this.#resume()
  }

  #proceedIn(ms: number): void {
    if (this.#timer !== null) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.proceed()
    }, ms)
  }
}
