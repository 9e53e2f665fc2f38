import { QueueError, type QueueErrorCode } from './errors.ts'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }) // a BOM is text: keep it
const encoder = new TextEncoder()
/** Up to so many bytes a loop is faster than `set`, which needs a view made for it. */
const SHORT_BYTES = 48

function isAscii(bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at < end; at++) if ((bytes[at] ?? 0) >= 0x80) return false
  return true
}

/** Bytes `text` takes in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    // a surrogate is half of a 4-byte character: 2 bytes for each half
    if (unit >= 0x80) bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2
  }
  return bytes
}

/** A growing buffer of fields. One value has one encoding, so equal values are equal bytes. */
export class ByteWriter {
  #bytes: Uint8Array
  #length = 0

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity)
  }

  get length(): number {
    return this.#length
  }

  byte(value: number): this {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
    return this
  }

  /** Unsigned LEB128 of an integer in 0 … 2^53−1. */
  varint(value: number): this {
    this.#reserve(8)
    let rest = value
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80) // shifts would cut at 32 bits
    }
    this.#bytes[this.#length++] = rest
    return this
  }

  /** Zigzag, so that small negative votes stay small. */
  signed(value: number): this {
    return this.varint(value < 0 ? -2 * value - 1 : 2 * value)
  }

  text(value: string): this {
    const length = utf8Length(value)
    return this.varint(length).utf8(value, length)
  }

  /** Without its length, which must be `utf8Length(value)`. */
  utf8(value: string, length: number): this {
    this.#reserve(length)
    if (length === value.length) {
      for (let i = 0; i < length; i++) this.#bytes[this.#length + i] = value.charCodeAt(i)
    } else {
      encoder.encodeInto(value, this.#bytes.subarray(this.#length))
    }
    this.#length += length
    return this
  }

  raw(value: Uint8Array): this {
    this.#reserve(value.length)
    this.#bytes.set(value, this.#length)
    this.#length += value.length
    return this
  }

  /** A part of `source`. */
  copy(source: Uint8Array, from: number, to: number): this {
    const length = to - from
    if (length > SHORT_BYTES) return this.raw(source.subarray(from, to))
    this.#reserve(length)
    for (let i = 0; i < length; i++) this.#bytes[this.#length + i] = source[from + i] ?? 0
    this.#length += length
    return this
  }

  /** All of `other`. */
  append(other: ByteWriter): this {
    return this.raw(other.#bytes.subarray(0, other.#length))
  }

  /** All of `other`, after its length in 2 bytes, low byte first: it must be below 65536. */
  block(other: ByteWriter): this {
    return this.byte(other.#length & 0xff)
      .byte(other.#length >>> 8)
      .append(other)
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  /** The same where many small ones are made: they share blocks of memory. */
  takeSmall(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length))
  }

  clear(): void {
    this.#length = 0
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }
}

/**
 * Reads what `ByteWriter` wrote, and nothing else: every read is checked against the end, and a
 * second spelling of a value (a padded varint) is refused. Throws QueueError with the given code.
 */
export class ByteReader {
  readonly #bytes: Buffer
  readonly #code: QueueErrorCode
  #offset = 0

  constructor(bytes: Uint8Array, code: QueueErrorCode) {
    this.#bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#code = code
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset
  }

  fail(reason: string): never {
    throw new QueueError(this.#code, reason)
  }

  byte(): number {
    const value = this.#bytes[this.#offset]
    if (value === undefined) return this.fail('it ends too early')
    this.#offset++
    return value
  }

  varint(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (value > Number.MAX_SAFE_INTEGER) return this.fail('a number is above 2^53−1')
      if (byte < 0x80) {
        if (byte === 0 && scale > 1) return this.fail('a number is padded')
        return value
      }
      scale *= 0x80
      if (scale > Number.MAX_SAFE_INTEGER) return this.fail('a number is above 2^53−1')
    }
  }

  signed(): number {
    const value = this.varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  text(): string {
    const length = this.varint()
    const from = this.#offset
    const end = from + length
    if (length > this.remaining || !isAscii(this.#bytes, from, end)) {
      return this.decode(this.raw(length))
    }
    // The shorter way for most: no view is made, and nothing is checked a second time.
    this.#offset = end
    return this.#bytes.toString('latin1', from, end)
  }

  /** Of bytes that `raw` gave. */
  decode(bytes: Uint8Array): string {
    try {
      return decoder.decode(bytes)
    } catch {
      return this.fail('a text is not valid UTF-8')
    }
  }

  /** A view, not a copy. */
  raw(length: number): Uint8Array {
    if (length > this.remaining) return this.fail('it ends too early')
    this.#offset += length
    return this.#bytes.subarray(this.#offset - length, this.#offset)
  }

  end(): void {
    if (this.remaining > 0) this.fail(`${this.remaining} bytes follow its end`)
  }
}
