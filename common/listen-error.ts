import { messageOf } from './errors.ts'

/** Why a server could not be bound, as a sentence for the operator. */
export function cannotListen(host: string, port: number, error: unknown): Error {
  const reason = messageOf(error)
  const why = reason.includes('EADDRINUSE')
    ? 'another process has the port in use; stop it, or choose another port'
    : reason.replaceAll('\n', ' ')
  return new Error(`cannot listen on ${host}:${port}: ${why}.`, { cause: error })
}
