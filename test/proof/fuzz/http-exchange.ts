import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'

/** A request that is not whole is given up this long after the last byte of an answer, or of nothing. */
const SILENCE_MS = 60
/** The connection must have ended this long after we ended our side. */
const END_MS = 20_000

/** The valid request last made: its answer is waited for, however slow the machine. */
let valid: Uint8Array = Buffer.alloc(0)

/** A valid request, which ends its connection. */
export function request(bytes: Buffer): Buffer {
  valid = bytes
  return bytes
}

/** Sends the bytes; what came back until the connection ended. */
export async function exchanged(port: number, input: Buffer): Promise<string> {
  const silence = input.equals(valid) ? END_MS / 2 : SILENCE_MS
  const socket = connect(port, '127.0.0.1')
  const received: Buffer[] = []
  const ended = once(socket, 'close')
  let quiet = setTimeout(() => socket.end(), silence)
  socket.on('data', (chunk: Buffer) => {
    received.push(chunk)
    clearTimeout(quiet)
    quiet = setTimeout(() => socket.end(), silence)
  })
  socket.on('error', () => undefined)
  const late = setTimeout(() => socket.destroy(new Error('no end')), END_MS)
  socket.write(input)
  const began = performance.now()
  await ended
  clearTimeout(quiet)
  clearTimeout(late)
  assert(performance.now() - began < END_MS, 'the connection was left open')
  return Buffer.concat(received).toString('latin1')
}

/** The statuses of the answers in what came back. */
export function statusesOf(answer: string): number[] {
  return [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))
}
