import { CodedError } from '../../common/errors.ts'

const MAX_BYTES = 255
/** Separators, control and format-like line breaks, and halves of surrogate pairs. */
const FORBIDDEN = /[/\\\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u

/**
 * The one form of a picture's name: NFC, so that the same name typed on another system is the same
 * picture. Throws CodedError INVALID_NAME.
 */
export function pictureName(raw: unknown): string {
  if (typeof raw !== 'string') throw new CodedError('INVALID_NAME')
  const name = raw.normalize('NFC')
  const bytes = Buffer.byteLength(name, 'utf8')
  if (bytes < 1 || bytes > MAX_BYTES || FORBIDDEN.test(name) || name === '.' || name === '..') {
    throw new CodedError('INVALID_NAME')
  }
  // What came as bytes that are no UTF-8 was decoded to replacement characters.
  if (name.includes('\uFFFD')) throw new CodedError('INVALID_NAME')
  return name
}
