import { Pool } from 'undici'
import type { Deletes } from './load-process.ts'

/** `DELETE /delete-2pc/:file`, on a connection for each worker. */
export class HttpDeletes implements Deletes {
  readonly #pool: Pool

  private constructor(pool: Pool) {
    this.#pool = pool
  }

  static async connect(url: string, workers: number): Promise<HttpDeletes> {
    const pool = new Pool(url, { connections: workers, pipelining: 1 })
    const open = Array.from({ length: workers }, async () => {
      const { body } = await pool.request({ method: 'GET', path: '/health' })
      await body.dump()
    })
    await Promise.all(open)
    return new HttpDeletes(pool)
  }

  async remove(name: string): Promise<void> {
    const path = `/delete-2pc/${name}`
    const { statusCode, body } = await this.#pool.request({ method: 'DELETE', path })
    const text = await body.text()
    // A figure over transactions that did not commit would say nothing.
    if (statusCode !== 200) throw new Error(`${name}: ${statusCode} ${text}`)
  }

  async close(): Promise<void> {
    await this.#pool.close()
  }
}
