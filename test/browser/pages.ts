import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../../..')
const BUILT = join(ROOT, 'dist/web')
/** Where processes of the test build look for what they serve. */
const SERVED = join(ROOT, '.test-build/web')

/** Builds both pages from their sources and puts them where the test build serves them. */
export function buildPages(): void {
  const built = spawnSync(process.execPath, ['scripts/build-web.mjs'], {
    cwd: ROOT,
    stdio: 'inherit',
  })
  if (built.status !== 0) throw new Error('the pages could not be built')
  rmSync(SERVED, { recursive: true, force: true })
  cpSync(BUILT, SERVED, { recursive: true })
  for (const page of ['raft', 'pictures']) {
    const index = join(SERVED, page, 'index.html')
    if (!existsSync(index)) throw new Error(`the build made no ${index}`)
  }
}
