import { inflateSync } from 'node:zlib'

/** Pixels of a picture, three or four bytes each. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly data: Uint8Array
}

/** Reads a PNG of eight bits a channel, not interlaced: what Chromium writes. */
export function readPng(file: Buffer): Pixels {
  const parts: Buffer[] = []
  let [width, height, channels] = [0, 0, 0]
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at)
    const type = file.toString('latin1', at + 4, at + 8)
    const body = file.subarray(at + 8, at + 8 + length)
    if (type === 'IHDR') {
      width = body.readUInt32BE(0)
      height = body.readUInt32BE(4)
      channels = body[9] === 2 ? 3 : body[9] === 6 ? 4 : 0
      if (body[8] !== 8 || channels === 0 || body[12] !== 0) throw new Error('not such a PNG')
    }
    if (type === 'IDAT') parts.push(body)
    at += length + 12
  }
  const data = unfilter(inflateSync(Buffer.concat(parts)), width * channels, height, channels)
  return { width, height, channels, data }
}

/** PNG, section 9: each row is the difference to what its filter foretells. */
function unfilter(raw: Buffer, stride: number, height: number, channels: number): Uint8Array {
  const out = new Uint8Array(stride * height)
  for (let row = 0; row < height; row += 1) {
    const filter = raw[row * (stride + 1)] ?? 0
    for (let at = 0; at < stride; at += 1) {
      const here = row * stride + at
      const left = at < channels ? 0 : (out[here - channels] ?? 0)
      const up = row === 0 ? 0 : (out[here - stride] ?? 0)
      const corner = at < channels || row === 0 ? 0 : (out[here - stride - channels] ?? 0)
      const value = raw[row * (stride + 1) + 1 + at] ?? 0
      out[here] = value + foretold(filter, left, up, corner)
    }
  }
  return out
}

function foretold(filter: number, left: number, up: number, corner: number): number {
  if (filter === 0) return 0
  if (filter === 1) return left
  if (filter === 2) return up
  if (filter === 3) return (left + up) >> 1
  const guess = left + up - corner
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)]
  if (a <= b && a <= c) return left
  return b <= c ? up : corner
}
