import { createHash } from 'node:crypto'
import { CodedError } from '../../common/errors.ts'
import type { Picture } from '../protocol/participant-records.ts'
import type { BlobStore } from './blob-store.ts'

export const CHUNK_BYTES = 256 * 1024

/**
 * The bytes of a picture, in chunks. Throws CodedError DAMAGED_PICTURE when they turn out not to be
 * the ones uploaded: the last chunk is given out only after the whole is checked.
 */
export async function* readPicture(blobs: BlobStore, picture: Picture): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  const file = await blobs.read(picture.blob)
  try {
    for (let position = 0; position < picture.size; ) {
      const wanted = Math.min(CHUNK_BYTES, picture.size - position)
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, position)
      if (bytesRead === 0) throw new CodedError('DAMAGED_PICTURE')
      const chunk = buffer.subarray(0, bytesRead)
      hash.update(chunk)
      position += bytesRead
      if (position >= picture.size && hash.digest('hex') !== picture.sha256) {
        throw new CodedError('DAMAGED_PICTURE')
      }
      yield chunk
    }
  } finally {
    await file.close()
  }
}
