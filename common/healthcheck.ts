import { get } from 'node:http'
import { connect } from 'node:http2'

/**
 * Asks a process on this machine whether it is well, for container health checks:
 * `healthcheck.js grpc PORT` by grpc.health.v1, `healthcheck.js http PORT PATH` by an HTTP status of
 * 2xx. Exit 0: it is; 1: it is not, with the reason on standard output, where the engine keeps it; 2:
 * wrong usage. Speaks both protocols with Node's own modules: it runs every few seconds, and loading
 * a gRPC library takes longer than asking.
 */
const DEADLINE_MS = 2000
const USAGE = 'usage: healthcheck.js grpc PORT | healthcheck.js http PORT PATH\n'

/** An empty grpc.health.v1.HealthCheckRequest: no compression, length 0. */
const EMPTY_MESSAGE = Buffer.alloc(5)
/** HealthCheckResponse{status: SERVING} as a gRPC message: its header, then field 1 = 1. */
const SERVING = Buffer.from([0, 0, 0, 0, 2, 0x08, 1])

function grpcServing(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const session = connect(`http://127.0.0.1:${port}`)
    session.once('error', reject)
    const call = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    const chunks: Buffer[] = []
    // Without a session the call fails too, in words that hide why.
    call.once('error', (error) => reject(error.cause ?? error))
    call.on('data', (chunk: Buffer) => chunks.push(chunk))
    call.once('end', () => {
      const serving = Buffer.concat(chunks).equals(SERVING)
      if (serving) resolve('SERVING')
      else reject(new Error('it does not answer SERVING'))
    })
    call.end(EMPTY_MESSAGE)
  })
}

function httpOk(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, path }, ({ statusCode = 0 }) => {
      if (statusCode >= 200 && statusCode < 300) resolve(`HTTP ${statusCode}`)
      else reject(new Error(`it answers HTTP ${statusCode}`))
    })
    request.once('error', reject)
  })
}

function ask([kind, portText = '', path = '']: readonly string[]): Promise<string> | null {
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : 0
  if (port < 1 || port > 65_535) return null
  if (kind === 'grpc' && path === '') return grpcServing(port)
  if (kind === 'http' && path.startsWith('/')) return httpOk(port, path)
  return null
}

function end(code: number, text: string): void {
  process.stdout.write(text, () => process.exit(code))
}

const asked = ask(process.argv.slice(2))
if (asked === null) {
  end(2, USAGE)
} else {
  setTimeout(() => end(1, `no answer within ${DEADLINE_MS} ms\n`), DEADLINE_MS)
  asked.then(
    (answer) => end(0, `${answer}\n`),
    (error: unknown) => end(1, `${error instanceof Error ? error.message : String(error)}\n`),
  )
}
