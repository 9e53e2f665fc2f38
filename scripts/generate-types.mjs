// Generates protos/types/ from protos/*.proto. With --check it writes nothing in the tree and fails
// when regenerating would change a file.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const protos = join(root, 'protos')
const types = join(protos, 'types')
const fresh = mkdtempSync(join(tmpdir(), 'proto-types-'))

const files = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()

try {
  execFileSync(
    join(root, 'node_modules/.bin/proto-loader-gen-types'),
    [
      '--longs=Number',
      '--enums=String',
      '--bytes=Buffer',
      '--defaults',
      '--oneofs',
      '--includeComments',
      '--grpcLib=@grpc/grpc-js',
      '--importFileExtension=.ts',
      '--includeDirs=.', // a relative folder: generated files name it
      `--outDir=${fresh}`,
      ...readdirSync(protos)
        .filter((name) => name.endsWith('.proto'))
        .sort(),
    ],
    { cwd: protos, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  if (process.argv.includes('--check')) {
    const names = new Set([...files(types), ...files(fresh)])
    const read = (path) => {
      try {
        return readFileSync(path, 'utf8')
      } catch {
        return null
      }
    }
    const stale = [...names].filter((name) => read(join(types, name)) !== read(join(fresh, name)))
    if (stale.length > 0) {
      console.error(
        `protos/types is not what the protos say; run npm run fix:\n${stale.join('\n')}`,
      )
      process.exitCode = 1
    }
  } else {
    rmSync(types, { recursive: true, force: true })
    cpSync(fresh, types, { recursive: true })
  }
} finally {
  rmSync(fresh, { recursive: true, force: true })
}
