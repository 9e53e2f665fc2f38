import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { chmod, chown } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { removeFolder, temporaryFolder, watchProcess } from '../../../bench/leftovers.ts'
import { eventually } from '../../../test/child.ts'
import { freePorts } from '../../../test/ports.ts'
import { PICTURE } from '../picture.ts'
import type { PictureSystem, Target } from '../system.ts'
import {
  type Account,
  findPostgres,
  INSTALL_POSTGRES,
  type Installed,
  unprivileged,
} from './install.ts'

const USER = 'bench'
/** A server refuses beyond it; the bench needs one for each worker, and PostgreSQL's default is 100. */
const SESSIONS = 300
const PRELOAD_ROWS = 200
const TABLE = `CREATE TABLE pictures (
  name text PRIMARY KEY, likes integer NOT NULL, uploaded timestamptz NOT NULL, data bytea NOT NULL)`

/**
 * Three PostgreSQL servers on loopback. Their settings are the defaults, durable ones among them
 * (fsync, synchronous_commit and full_page_writes on), but for the number of sessions and of prepared
 * transactions, which are off by default.
 */
export class Postgres implements PictureSystem {
  readonly name = 'PostgreSQL'
  readonly version: string
  readonly loadProcesses = 2
  readonly target: Extract<Target, { kind: 'postgres' }>
  readonly #folder: string
  readonly #servers: readonly ChildProcess[]

  private constructor(
    version: string,
    folder: string,
    ports: readonly number[],
    servers: readonly ChildProcess[],
  ) {
    this.version = version
    this.#folder = folder
    this.#servers = servers
    this.target = { kind: 'postgres', ports, user: USER, folder }
  }

  /** Throws where no PostgreSQL is installed, saying how to get it. */
  static async start(): Promise<Postgres> {
    const installed = findPostgres()
    if (installed === null) throw new Error(INSTALL_POSTGRES)
    const account = unprivileged()
    const folder = temporaryFolder('bench-postgres-')
    if (account !== null) await chown(folder, account.uid, account.gid)
    await chmod(folder, 0o755)
    const ports = await freePorts(3)
    const servers = ports.map((port) => launch(installed, folder, port, account))
    const system = new Postgres(installed.version, folder, ports, servers)
    try {
      await Promise.all(
        ports.map((port) => eventually(`PostgreSQL serves on ${port}`, () => tried(port, TABLE))),
      )
    } catch (error) {
      await system.stop()
      throw error
    }
    return system
  }

  async preload(names: readonly string[]): Promise<void> {
    const statement = `INSERT INTO pictures SELECT name, 0, now(), $2 FROM unnest($1::text[]) AS name`
    await Promise.all(
      this.target.ports.map((port) =>
        session(port, async (client) => {
          for (let at = 0; at < names.length; at += PRELOAD_ROWS) {
            await client.query(statement, [names.slice(at, at + PRELOAD_ROWS), PICTURE])
          }
        }),
      ),
    )
  }

  pids(): readonly number[] {
    return this.#servers.flatMap(({ pid }) => pid ?? [])
  }

  forcedWrites(): Promise<null> {
    return Promise.resolve(null)
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#servers.map(async (server) => {
        if (server.exitCode !== null || server.signalCode !== null) return
        server.kill('SIGINT') // its fast shutdown
        await once(server, 'exit')
      }),
    )
    removeFolder(this.#folder)
  }
}

function launch(
  { initdb, postgres }: Installed,
  folder: string,
  port: number,
  account: Account | null,
): ChildProcess {
  const data = join(folder, String(port))
  const as = { cwd: folder, ...account }
  const log = openSync(join(folder, `${port}.log`), 'a')
  // Only initdb's own files are not forced; the server's all are.
  const init = [
    '--pgdata',
    data,
    '--username',
    USER,
    '--auth=trust',
    '--no-sync',
    '--encoding=UTF8',
  ]
  execFileSync(initdb, [...init, '--no-locale'], { ...as, stdio: ['ignore', log, log] })
  const settings = [
    ...['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories='],
    ...[`max_connections=${SESSIONS}`, `max_prepared_transactions=${SESSIONS}`],
  ]
  const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])]
  const server = watchProcess(spawn(postgres, args, { ...as, stdio: ['ignore', log, log] }))
  closeSync(log)
  return server
}

async function session(port: number, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ host: '127.0.0.1', port, user: USER, database: 'postgres' })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

async function tried(port: number, statement: string): Promise<boolean> {
  try {
    await session(port, (client) => client.query(statement))
    return true
  } catch {
    return false
  }
}
