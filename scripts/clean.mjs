// Removes build output, so that a file deleted from the sources is not run from an old build.
import { rmSync } from 'node:fs'
import { join } from 'node:path'

const allowed = ['dist', '.test-build']
for (const name of process.argv.slice(2)) {
  if (!allowed.includes(name)) throw new Error(`clean: ${name} is not build output`)
  rmSync(join(import.meta.dirname, '..', name), { recursive: true, force: true })
}
