import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const EVENT = 'data: {'

/** Looks at a process's events over HTTP: reads them all and counts, or never reads. */
export class BenchViewer {
  readonly reads: boolean
  events = 0
  bytes = 0
  readonly #socket: Socket

  private constructor(socket: Socket, reads: boolean) {
    this.#socket = socket
    this.reads = reads
  }

  static async open(url: string, reads: boolean): Promise<BenchViewer> {
    const { hostname, port, pathname, search } = new URL(url)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    const viewer = new BenchViewer(socket, reads)
    socket.on('error', () => undefined)
    if (reads) socket.on('data', (bytes) => viewer.#count(bytes))
    else socket.pause()
    socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    return viewer
  }

  close(): void {
    this.#socket.destroy()
  }

  /** An event that is cut in two by a read is not counted: one in hundreds. */
  #count(bytes: Buffer): void {
    this.bytes += bytes.length
    for (let at = bytes.indexOf(EVENT); at !== -1; at = bytes.indexOf(EVENT, at + EVENT.length))
      this.events += 1
  }
}
