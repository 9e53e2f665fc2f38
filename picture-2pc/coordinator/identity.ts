import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { ConfigError } from '../../common/config.ts'
import { readIfExists, replaceFile } from '../../common/durable-file.ts'
import { CorruptLog } from '../../common/storage-errors.ts'

/** Who this coordinator is, across restarts. */
export interface Identity {
  readonly disk: string
  readonly epoch: number
  readonly pastEpochs: readonly number[]
}

const stored = z.object({
  name: z.string(),
  disk: z.string().min(1),
  epochs: z.array(z.number().int().positive()),
})

/** Runs whose transactions this disk vouches for; a doubt about an older one is left open. */
const MAX_EPOCHS = 10_000

/**
 * Reads, or mints, the identity of this disk and begins a new epoch, durably. Epochs are times: a
 * coordinator whose disk was lost begins with a higher one than its predecessor had, without having
 * to know it. Throws ConfigError when the disk belongs to another name: transactions in doubt would
 * ask for the old one in vain.
 */
export async function beginEpoch(
  directory: string,
  name: string,
  wallTime: number,
): Promise<Identity> {
  const path = join(directory, 'identity.json')
  const before = await readStored(path)
  if (before !== null && before.name !== name) {
    throw new ConfigError([
      `NODE_NAME is ${JSON.stringify(name)}: DATA_DIR belongs to ${before.name}; start it under that name, or give this one a directory of its own.`,
    ])
  }
  const pastEpochs = before?.epochs ?? []
  const epoch = Math.max((pastEpochs.at(-1) ?? 0) + 1, wallTime)
  const disk = before?.disk ?? randomUUID()
  const epochs = [...pastEpochs, epoch].slice(-MAX_EPOCHS)
  await replaceFile(path, Buffer.from(JSON.stringify({ name, disk, epochs }), 'utf8'))
  return { disk, epoch, pastEpochs }
}

async function readStored(path: string): Promise<z.output<typeof stored> | null> {
  const bytes = await readIfExists(path)
  if (bytes === null) return null
  try {
    return stored.parse(JSON.parse(Buffer.from(bytes).toString('utf8')))
  } catch {
    throw new CorruptLog(path, 0, 'it does not name a coordinator')
  }
}
