import { eventually } from '../child.ts'

/** One transparent pixel. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

/** An answer of the coordinator, with its JSON. */
export interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
}

/** The coordinator's HTTP interface, as far as tests use it. */
export class PictureHttp {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /**
   * The time limit is a timer that keeps the event loop alive: a fetch whose connection is taken and
   * dropped by the engine's port proxy, before the container listens, may never settle in Node 20.
   */
  async request(
    method: string,
    path: string,
    init: RequestInit = {},
    within = 90_000,
  ): Promise<Answer> {
    const limit = new AbortController()
    const timer = setTimeout(() => limit.abort(), within)
    try {
      const response = await fetch(this.#url + path, { method, ...init, signal: limit.signal })
      return { status: response.status, body: (await response.json()) as Answer['body'] }
    } finally {
      clearTimeout(timer)
    }
  }

  upload(filename: string, key: string): Promise<Answer> {
    const form = new FormData()
    form.set('file', new Blob([PNG]), filename)
    return this.request('POST', '/upload', { body: form, headers: { 'idempotency-key': key } })
  }

  like(filename: string, key: string): Promise<Answer> {
    return this.request('POST', `/like/${filename}`, { headers: { 'idempotency-key': key } })
  }

  delete(filename: string, key: string): Promise<Answer> {
    const init = { headers: { 'idempotency-key': key } }
    return this.request('DELETE', `/delete-2pc/${filename}`, init)
  }

  /** All pictures, with the nodes that hold each. */
  async list(): Promise<Readonly<Record<string, { readonly nodes: readonly string[] }>>> {
    const { body } = await this.request('GET', '/list?limit=1000')
    return body as Record<string, { nodes: string[] }>
  }

  /** All participants can be asked and are in doubt about nothing. */
  async nothingInDoubt(): Promise<boolean> {
    const { body } = await this.request('GET', '/participants')
    const list = body['participants'] as { reachable: boolean; in_doubt_total?: number }[]
    return list.every((one) => one.reachable && one.in_doubt_total === 0)
  }

  async ready(): Promise<void> {
    await eventually(
      'the coordinator is connected to all participants',
      async () => {
        const answer = await this.request('GET', '/readyz', {}, 2000).catch(() => null)
        return answer?.status === 200
      },
      30_000,
    )
  }
}
