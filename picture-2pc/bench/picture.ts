import { randomBytes } from 'node:crypto'

/** The picture that is stored everywhere: 10 KiB that do not compress, as a JPEG does not. */
export const PICTURE: Buffer = randomBytes(10 * 1024)
