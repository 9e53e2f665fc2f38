import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { CsvError, parse } from 'csv-parse'
import type { NewTrack } from '../client.ts'
import { UsageError } from '../terminal.ts'

/** A row of the file: a track, or why it is none. */
export interface Row {
  /** From 1, the heading not counted: the request id of the row. */
  readonly number: number
  /** Line of the file it ends on, for people. */
  readonly line: number
  /** Bytes of the file up to its end. */
  readonly bytes: number
  readonly track: NewTrack | null
  /** '' where it is a track. */
  readonly problem: string
}

/** Identifies what is in a file. */
export interface FileMark {
  readonly bytes: number
  readonly sha256: string
}

/** Reads the file once. Rejects with the file system's error. */
export async function markOf(path: string): Promise<FileMark> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { bytes, sha256: hash.digest('hex') }
}

const COLUMNS = ['id', 'title', 'artist', 'duration'] as const
/** Far above what four fields within their limits can take, quotes included. */
const MAX_RECORD_BYTES = 64 * 1024

interface Parsed {
  readonly record: Readonly<Record<string, string>>
  readonly info: { readonly lines: number; readonly bytes: number; readonly error?: CsvError }
}

/**
 * The rows of a CSV file with a heading that names at least `id`, one at a time. A row with too many
 * or too few fields is a row with a problem.
 * Throws UsageError when the heading or the quoting is wrong: what follows could be anything.
 */
export async function* rowsOf(path: string): AsyncGenerator<Row> {
  const parser = parse({
    bom: true,
    columns: (heading: readonly string[]) => checkHeading(heading),
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: MAX_RECORD_BYTES,
  })
  const file = createReadStream(path)
  file.once('error', (error) => parser.destroy(error))
  file.pipe(parser)
  let number = 0
  try {
    for await (const { record, info } of parser as AsyncIterable<Parsed>) {
      number += 1
      yield { number, line: info.lines, bytes: info.bytes, ...trackOf(record, info.error) }
    }
  } catch (error) {
    if (error instanceof CsvError) {
      throw new UsageError(`${path} is not a CSV file as expected: ${error.message}`)
    }
    throw error
  } finally {
    file.destroy()
  }
}

function checkHeading(heading: readonly string[]): string[] {
  const names = heading.map((name) => name.trim().toLowerCase())
  if (!names.includes('id')) {
    throw new UsageError(
      `the first line must name the columns ${COLUMNS.join(',')} (at least id); it is ${JSON.stringify(heading.join(','))}`,
    )
  }
  return names
}

function trackOf(
  record: Readonly<Record<string, string>>,
  error: CsvError | undefined,
): Pick<Row, 'track' | 'problem'> {
  if (error !== undefined)
    return { track: null, problem: 'it has not as many fields as the heading' }
  const { id = '', title = '', artist = '', duration = '' } = record
  if (!/^\d{0,9}$/.test(duration)) {
    return { track: null, problem: `duration ${JSON.stringify(duration)} is no number of seconds` }
  }
  return { track: { id, title, artist, duration: Number(duration) }, problem: '' }
}
