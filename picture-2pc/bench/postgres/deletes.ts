import { join } from 'node:path'
import { Client, type QueryResult } from 'pg'
import type { Deletes } from '../load-process.ts'
import type { Target } from '../system.ts'
import { DecisionLog } from './decision-log.ts'

type PostgresTarget = Extract<Target, { kind: 'postgres' }>

/**
 * A coordinator of presumed-abort two-phase commit over PostgreSQL, as lean as Node's `pg` allows: each
 * worker has a session of its own on each server, each phase is one round trip to all of them at once,
 * and the decision is forced between the phases.
 */
export class PostgresDeletes implements Deletes {
  readonly #sessions: readonly (readonly Client[])[]
  readonly #decisions: DecisionLog
  #last = 0

  private constructor(sessions: readonly (readonly Client[])[], decisions: DecisionLog) {
    this.#sessions = sessions
    this.#decisions = decisions
  }

  static async connect(
    { ports, user, folder }: PostgresTarget,
    workers: number,
  ): Promise<PostgresDeletes> {
    const decisions = await DecisionLog.open(join(folder, `decisions-${process.pid}`))
    const sessions = Array.from({ length: workers }, () =>
      Promise.all(ports.map((port) => connected(port, user))),
    )
    return new PostgresDeletes(await Promise.all(sessions), decisions)
  }

  async remove(name: string, worker: number): Promise<void> {
    const sessions = this.#sessions[worker] ?? []
    this.#last += 1
    const id = `${process.pid}-${this.#last}`
    const prepare = `BEGIN; DELETE FROM pictures WHERE name = '${name}'; PREPARE TRANSACTION '${id}'`
    const votes = await Promise.all(sessions.map((session) => session.query(prepare)))
    if (!votes.every(deletedOne)) throw new Error(`${name}: not deleted by all`)
    await this.#decisions.force({ type: 'commit', id, filename: name, participants: votes.length })
    const commit = `COMMIT PREPARED '${id}'`
    await Promise.all(sessions.map((session) => session.query(commit)))
  }

  async close(): Promise<void> {
    await Promise.all(this.#sessions.flat().map((session) => session.end()))
    await this.#decisions.close()
  }
}

async function connected(port: number, user: string): Promise<Client> {
  const client = new Client({ host: '127.0.0.1', port, user, database: 'postgres', ssl: false })
  await client.connect()
  return client
}

/** Several statements in one query have a result each, which the types of `pg` do not say. */
function deletedOne(results: QueryResult | readonly QueryResult[]): boolean {
  return Array.isArray(results) && results[1]?.rowCount === 1
}
