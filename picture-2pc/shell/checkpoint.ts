import { crc32c } from '@node-rs/crc32'
import { readIfExists, replaceFileInParts } from '../../common/durable-file.ts'
import { CorruptLog } from '../../common/storage-errors.ts'

/** Elements of a list that become text in one go: a few milliseconds of it at most. */
const SLICE = 1000
const HEAD_BYTES = 9

/** A state, and the last record that it covers. */
export interface Checkpoint<S> {
  readonly sequence: number
  readonly state: S
}

/**
 * Writes a checkpoint, durably, in place of the one before: a line with the checksum of all that
 * follows, a line with the state, in which long lists are empty, and lines with their elements. A
 * million pictures in one text would stop the process for seconds, and two million are more than a
 * string can hold. The elements of the lists must not change meanwhile. Resolves with the bytes of the
 * lines; rejects with DiskFull or StorageFailure.
 */
export async function writeCheckpoint<S>(path: string, checkpoint: Checkpoint<S>): Promise<number> {
  let checksum = 0
  let bytes = 0
  const summed = function* () {
    for (const line of linesOf(checkpoint)) {
      const part = Buffer.from(`${line}\n`, 'utf8')
      checksum = crc32c(part, checksum)
      bytes += part.byteLength
      yield part
    }
  }
  await replaceFileInParts(path, {
    parts: summed(),
    headBytes: HEAD_BYTES,
    head: () => Buffer.from(headOf(checksum), 'utf8'),
  })
  return bytes
}

/** The last checkpoint written, or null. Rejects with CorruptLog or StorageFailure. */
export async function readCheckpoint<S>(
  path: string,
): Promise<(Checkpoint<S> & { readonly bytes: number }) | null> {
  const file = await readIfExists(path)
  if (file === null) return null
  const head = Buffer.from(file.subarray(0, HEAD_BYTES)).toString('utf8')
  const rest = file.subarray(HEAD_BYTES)
  const body = Buffer.from(rest.buffer, rest.byteOffset, rest.byteLength)
  if (head !== headOf(crc32c(body))) throw new CorruptLog(path, 0, 'its checksum does not match')
  const [first = '', ...others] = linesIn(body)
  const { sequence, state } = parsed<Checkpoint<S>>(path, 'it', first)
  if (!Number.isSafeInteger(sequence) || sequence < 0 || state === undefined) {
    throw new CorruptLog(path, 0, 'it is no checkpoint')
  }
  for (const line of others) {
    const { list, elements } = parsed<Slice>(path, 'a line of it', line)
    const whole = listIn(state, list)
    if (whole === null || !Array.isArray(elements)) {
      throw new CorruptLog(path, 0, 'it is no checkpoint')
    }
    for (const element of elements) whole.push(element)
  }
  return { sequence, state, bytes: body.byteLength }
}

interface Slice {
  readonly list: string
  readonly elements: readonly unknown[]
}

function listIn(state: unknown, name: string): unknown[] | null {
  if (typeof state !== 'object' || state === null || !Object.hasOwn(state, name)) return null
  const list = (state as Record<string, unknown>)[name]
  return Array.isArray(list) ? list : null
}

function* linesOf<S>({ sequence, state }: Checkpoint<S>): Generator<string> {
  if (typeof state !== 'object' || state === null || Array.isArray(state)) {
    yield JSON.stringify({ sequence, state })
    return
  }
  const lists = Object.entries(state).filter(
    (entry): entry is [string, readonly unknown[]] =>
      Array.isArray(entry[1]) && entry[1].length > SLICE,
  )
  const emptied = Object.fromEntries(lists.map(([list]) => [list, []]))
  yield JSON.stringify({ sequence, state: { ...state, ...emptied } })
  for (const [list, all] of lists) {
    for (let at = 0; at < all.length; at += SLICE) {
      yield JSON.stringify({ list, elements: all.slice(at, at + SLICE) } satisfies Slice)
    }
  }
}

/** JSON has no line breaks of its own. */
function* linesIn(body: Buffer): Generator<string> {
  for (let at = 0; at < body.byteLength; ) {
    const end = body.indexOf(10, at)
    const stop = end === -1 ? body.byteLength : end
    yield body.toString('utf8', at, stop)
    at = stop + 1
  }
}

function headOf(checksum: number): string {
  return `${checksum.toString(16).padStart(8, '0')}\n`
}

/** Whole, by its checksum, and yet nothing of ours: not to be guessed at. */
export function parsed<T>(path: string, what: string, text: string): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new CorruptLog(path, 0, `${what} is not JSON`)
  }
  if (typeof value !== 'object' || value === null) {
    throw new CorruptLog(path, 0, `${what} is no object`)
  }
  return value as T
}
