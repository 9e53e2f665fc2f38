import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export const INSTALL_POSTGRES =
  'PostgreSQL is not installed. On Debian or Ubuntu: apt-get install postgresql; or put initdb and postgres (12 or later) on the PATH.'

const DEBIAN = '/usr/lib/postgresql'

export interface Installed {
  readonly version: string
  readonly initdb: string
  readonly postgres: string
}

/** The PostgreSQL on the PATH, or Debian's newest, which keeps its servers elsewhere; null: none. */
export function findPostgres(path: string = process.env['PATH'] ?? ''): Installed | null {
  const debian = existsSync(DEBIAN)
    ? readdirSync(DEBIAN)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(DEBIAN, version, 'bin'))
    : []
  for (const folder of [...path.split(delimiter), ...debian]) {
    const [initdb, postgres] = [join(folder, 'initdb'), join(folder, 'postgres')]
    if (folder === '' || !existsSync(initdb) || !existsSync(postgres)) continue
    const said = execFileSync(postgres, ['--version'], { encoding: 'utf8' })
    return { initdb, postgres, version: /\d[\d.]*/.exec(said)?.[0] ?? 'unknown' }
  }
  return null
}

export interface Account {
  readonly uid: number
  readonly gid: number
}

/** PostgreSQL refuses to run as root: whom to run it as instead; null: as whoever runs this. */
export function unprivileged(): Account | null {
  if (process.getuid?.() !== 0) return null
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = accounts.find((line) => line.startsWith(`${name}:`))?.split(':') ?? []
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Error('PostgreSQL refuses to run as root, and there is no user postgres or nobody')
}
