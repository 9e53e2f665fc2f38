/** Bytes that are no message, or a number no JavaScript number holds exactly. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage'
}

export const VARINT = 0
export const BYTES = 2
const FIXED64 = 1
const FIXED32 = 5

export function varintLength(value: number): number {
  let length = 1
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 0x80)) length += 1
  return length
}

/** Writes fields into a buffer whose size is known beforehand. */
export class Writer {
  readonly bytes: Buffer
  #end = 0

  constructor(length: number) {
    this.bytes = Buffer.allocUnsafe(length)
  }

  /** A whole number in 0 … 2^53−1. */
  varint(value: number): this {
    let rest = value
    while (rest > 0x7f) {
      this.bytes[this.#end++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80) // shifts would cut at 32 bits
    }
    this.bytes[this.#end++] = rest
    return this
  }

  tag(field: number, type: number): this {
    return this.varint(field * 8 + type)
  }

  raw(bytes: Uint8Array): this {
    this.bytes.set(bytes, this.#end)
    this.#end += bytes.length
    return this
  }

  text(text: string): this {
    this.#end += this.bytes.write(text, this.#end, 'utf8')
    return this
  }

  /** Of ASCII characters alone. */
  ascii(text: string): this {
    for (let at = 0; at < text.length; at++) this.bytes[this.#end++] = text.charCodeAt(at)
    return this
  }
}

/** Reads the fields of one message; unknown ones are skipped. Throws MalformedMessage. */
export class Reader {
  readonly #bytes: Uint8Array
  #at: number
  readonly #end: number
  /** The field just met by `next`. */
  field = 0
  type = 0

  constructor(bytes: Uint8Array, from = 0, end = bytes.length) {
    this.#bytes = bytes
    this.#at = from
    this.#end = end
  }

  /** Goes to the next field; false at the end. Its value must then be read or skipped. */
  next(): boolean {
    if (this.#at >= this.#end) return false
    const tag = this.varint()
    this.field = Math.floor(tag / 8)
    this.type = tag % 8
    return true
  }

  varint(): number {
    let value = 0
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined || this.#at > this.#end)
        throw new MalformedMessage('it ends too early')
      value += (byte & 0x7f) * scale
      if (value > Number.MAX_SAFE_INTEGER) throw new MalformedMessage('a number is out of range')
      if (byte < 0x80) return value
    }
  }

  /** The value of the present field as a number. */
  number(): number {
    if (this.type !== VARINT) throw new MalformedMessage(`field ${this.field} is no number`)
    return this.varint()
  }

  /** The value of the present field; shares the memory of the message. */
  raw(): Uint8Array {
    if (this.type !== BYTES) throw new MalformedMessage(`field ${this.field} has no length`)
    const length = this.varint()
    const from = this.#at
    this.#advance(length)
    return this.#bytes.subarray(from, this.#at)
  }

  /** Goes past the value of the present field if it is one of these ASCII texts, and returns that. */
  oneOf(texts: readonly string[]): string | null {
    if (this.type !== BYTES) return null
    const before = this.#at
    const length = this.varint()
    const from = this.#at
    if (from + length <= this.#end) {
      for (const text of texts) {
        if (text.length !== length || !this.#says(text, from)) continue
        this.#at = from + length
        return text
      }
    }
    this.#at = before
    return null
  }

  #says(text: string, from: number): boolean {
    for (let at = 0; at < text.length; at++) {
      if (this.#bytes[from + at] !== text.charCodeAt(at)) return false
    }
    return true
  }

  skip(): void {
    if (this.type === VARINT) this.#skipVarint()
    else if (this.type === BYTES) this.raw()
    else if (this.type === FIXED64) this.#advance(8)
    else if (this.type === FIXED32) this.#advance(4)
    else throw new MalformedMessage(`field ${this.field} has the unknown type ${this.type}`)
  }

  #skipVarint(): void {
    while ((this.#bytes[this.#at++] ?? 0) >= 0x80);
    this.#advance(0)
  }

  #advance(length: number): void {
    this.#at += length
    if (this.#at > this.#end) throw new MalformedMessage('it ends too early')
  }
}
