import { join } from 'node:path'
import { z } from 'zod'
import { ConfigError } from '../../common/config.ts'
import { readIfExists, replaceFile } from '../../common/durable-file.ts'
import { CorruptLog } from '../../common/storage-errors.ts'

const FILE = 'identity.json'

/**
 * Who a data directory belongs to; null when it is new. Throws ConfigError when it is another node's:
 * others would ask for the old name in vain, or believe the new one to know what it does not.
 */
export async function readIdentity<S extends z.ZodRawShape>(
  directory: string,
  name: string,
  shape: S,
): Promise<z.output<z.ZodObject<S>> | null> {
  const path = join(directory, FILE)
  const bytes = await readIfExists(path)
  if (bytes === null) return null
  const { owner, value } = parse(path, bytes, shape)
  if (owner === name) return value
  throw new ConfigError([
    `NODE_NAME is ${JSON.stringify(name)}: DATA_DIR belongs to ${owner}; start it under that name, or give this one a directory of its own.`,
  ])
}

/** Writes it, durably. */
export async function writeIdentity(
  directory: string,
  name: string,
  value: Readonly<Record<string, unknown>>,
): Promise<void> {
  const text = JSON.stringify({ name, ...value })
  await replaceFile(join(directory, FILE), Buffer.from(text, 'utf8'))
}

function parse<S extends z.ZodRawShape>(path: string, bytes: Uint8Array, shape: S) {
  try {
    const json: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    const owner = z.object({ name: z.string() }).parse(json).name
    return { owner, value: z.object(shape).parse(json) }
  } catch {
    throw new CorruptLog(path, 0, 'it does not say whose data this is')
  }
}
