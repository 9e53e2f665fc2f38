import { z } from 'zod'
import { readIdentity, writeIdentity } from '../shell/identity-file.ts'

const shape = { bornAt: z.number().int().nonnegative() }

/**
 * When this node's disk was first used, milliseconds since 1970: it cannot say that it never voted on
 * what is older. Throws ConfigError when the disk belongs to another name.
 */
export async function birthOf(directory: string, name: string, wallTime: number): Promise<number> {
  const before = await readIdentity(directory, name, shape)
  if (before !== null) return before.bornAt
  await writeIdentity(directory, name, { bornAt: wallTime })
  return wallTime
}
