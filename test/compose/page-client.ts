import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'

/** What a page's call was answered. */
export interface Called {
  readonly status: number
  readonly json: Record<string, unknown>
}

/** A page at one address: what a browser would fetch, and one change after the other. */
export class PageClient {
  readonly #origin: string
  readonly #id = randomUUID()
  #request = 0

  /** `origin`: where the page comes from, without a slash at the end. */
  constructor(origin: string) {
    this.#origin = origin
  }

  /** The page and every part that it names, as they must be served. Resolves with how many parts. */
  async load(): Promise<number> {
    const page = await fetch(`${this.#origin}/`)
    assert.equal(page.status, 200, this.#origin)
    assert.match(
      page.headers.get('content-security-policy') ?? '',
      /^default-src 'none'; script-src/,
    )
    const html = await page.text()
    const parts = [...html.matchAll(/(?:src|href)="\.?(\/assets\/[^"]+)"/g)]
    for (const [, path = ''] of parts) {
      const part = await fetch(this.#origin + path)
      assert.equal(part.status, 200, path)
      assert.match(part.headers.get('cache-control') ?? '', /immutable/, path)
      await part.arrayBuffer()
    }
    return parts.length
  }

  /** One call, as this page makes it, or with other headers. */
  async post(path: string, body: object, headers: Record<string, string> = {}): Promise<Called> {
    const response = await fetch(`${this.#origin}/api/${path}`, {
      ...{ method: 'POST', body: JSON.stringify(body), signal: AbortSignal.timeout(30_000) },
      headers: { 'content-type': 'application/json', origin: this.#origin, ...headers },
    })
    return { status: response.status, json: (await response.json()) as Record<string, unknown> }
  }

  /** A change, repeated with the same ids until it is answered; with how often that was needed. */
  async change(path: string, body: object): Promise<Called & { readonly repeats: number }> {
    this.#request += 1
    const identity = { 'x-client-id': this.#id, 'x-request-id': String(this.#request) }
    for (let repeats = 0; repeats < 60; repeats += 1) {
      const called = await this.post(path, body, identity)
      if (called.status === 200) return { ...called, repeats }
      assert.equal(called.json['retryable'], true, JSON.stringify(called.json))
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
    throw new Error(`${path} was not answered`)
  }
}
