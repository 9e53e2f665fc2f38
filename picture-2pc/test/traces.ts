import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '../../test/child.ts'
import type { PictureCluster } from './cluster.ts'

/** Files that hold bytes of pictures, over all participants. */
export async function blobs(cluster: PictureCluster): Promise<number> {
  const folders = cluster.participants.map(({ name }) => join(cluster.folder, name, 'pictures'))
  const lists = await Promise.all(folders.map((folder) => readdir(folder)))
  return lists.reduce((sum, { length }) => sum + length, 0)
}

/** Every path under the cluster's folder, relative to it. */
export function allFiles(cluster: PictureCluster): Promise<string[]> {
  return readdir(cluster.folder, { recursive: true })
}

/**
 * After bad input: all processes run, exactly the pictures in `names` are stored on all participants,
 * no staged bytes are left, and nothing is in doubt.
 */
export async function assertUntouched(
  cluster: PictureCluster,
  names: readonly string[],
): Promise<void> {
  for (const { name, running } of cluster.all) assert.equal(running, true, `${name} lives`)
  const { status, body } = await cluster.get('/list')
  assert.equal(status, 200)
  assert.deepEqual(Object.keys(body).sort(), [...names].sort())
  const expected = names.length * cluster.participants.length
  await eventually('no staged bytes are left', async () => (await blobs(cluster)) === expected)
  assert.equal(await cluster.inDoubt(), 0)
}
