import { crc32, deflateSync } from 'node:zlib'

type Color = readonly [red: number, green: number, blue: number]

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
const TRUE_COLOR = 2
const INDEXED = 3

/** A PNG whose pixels are what `paint` says of each place, both coordinates from 0 to 1. */
export function png(width: number, height: number, paint: (x: number, y: number) => Color): Buffer {
  const rows = Buffer.alloc(height * (1 + width * 3))
  let at = 0
  for (let y = 0; y < height; y += 1) {
    rows[at] = 0 // no filter
    at += 1
    for (let x = 0; x < width; x += 1) {
      for (const part of paint(x / width, y / height)) rows[at++] = part
    }
  }
  return Buffer.concat([
    SIGNATURE,
    header(width, height, TRUE_COLOR),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** A PNG of at most 256 colours. */
export function indexedPng(
  width: number,
  height: number,
  palette: readonly number[],
  indexes: Uint8Array,
): Buffer {
  const rows = Buffer.alloc(height * (1 + width))
  for (let y = 0; y < height; y += 1)
    rows.set(indexes.subarray(y * width, (y + 1) * width), y * (1 + width) + 1)
  const colors = Buffer.alloc(palette.length * 3)
  for (const [place, color] of palette.entries()) colors.writeUIntBE(color, place * 3, 3)
  return Buffer.concat([
    SIGNATURE,
    header(width, height, INDEXED),
    chunk('PLTE', colors),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** A small picture of one colour. */
export function plain(hue: number): Buffer {
  return png(8, 8, () => [hue % 256, (hue * 7) % 256, (hue * 13) % 256])
}

function header(width: number, height: number, colors: number): Buffer {
  const body = Buffer.alloc(13)
  body.writeUInt32BE(width, 0)
  body.writeUInt32BE(height, 4)
  body.set([8, colors, 0, 0, 0], 8) // eight bits
  return chunk('IHDR', body)
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  framed.set(body, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}
