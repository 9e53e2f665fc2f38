import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { connect } from 'node:net'
import type { TestContext } from 'node:test'

/** A server of one handler, for as long as the test runs. */
export async function serving(t: TestContext, handler: RequestListener): Promise<number> {
  const server = createServer(handler)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** An answer as it came, with nothing normalised on the way there. */
export interface RawAnswer {
  readonly status: number
  readonly head: string
  readonly body: string
}

/** Says exactly these bytes on a connection of its own; resolves when the server has closed it. */
export async function saying(port: number, ...parts: readonly string[]): Promise<RawAnswer> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.on('data', (chunk) => {
    text += String(chunk)
  })
  socket.on('error', () => undefined)
  for (const part of parts) socket.write(part)
  await once(socket, 'close')
  const [head = '', body = ''] = text.split('\r\n\r\n')
  return { status: Number(head.split(' ')[1]), head, body }
}
