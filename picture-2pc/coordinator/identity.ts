import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { readIdentity, writeIdentity } from '../shell/identity-file.ts'

/** Who this coordinator is, across restarts. */
export interface Identity {
  readonly disk: string
  readonly epoch: number
  readonly pastEpochs: readonly number[]
}

const shape = { disk: z.string().min(1), epochs: z.array(z.number().int().positive()) }

/** Runs whose transactions this disk vouches for; a doubt about an older one is left open. */
const MAX_EPOCHS = 10_000

/**
 * Reads, or mints, the identity of this disk and begins a new epoch, durably. Epochs are times: a
 * coordinator whose disk was lost begins with a higher one than its predecessor had, without having
 * to know it. Throws ConfigError when the disk belongs to another name.
 */
export async function beginEpoch(
  directory: string,
  name: string,
  wallTime: number,
): Promise<Identity> {
  const before = await readIdentity(directory, name, shape)
  const pastEpochs = before?.epochs ?? []
  const epoch = Math.max((pastEpochs.at(-1) ?? 0) + 1, wallTime)
  const disk = before?.disk ?? randomUUID()
  await writeIdentity(directory, name, { disk, epochs: [...pastEpochs, epoch].slice(-MAX_EPOCHS) })
  return { disk, epoch, pastEpochs }
}
