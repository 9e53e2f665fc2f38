import { signal } from '@preact/signals'

/** What does not change while a node runs: docs/HTTP.md. */
export interface About {
  readonly id: string
  readonly gateway: string | null
  readonly adminToken: boolean
  readonly pages: ReadonlyMap<number, string>
}

/** null: not heard yet. It stays known when the node is gone: its links lead to the others. */
export const about = signal<About | null>(null)

export async function askAbout(): Promise<void> {
  try {
    const response = await fetch('./about', { cache: 'no-store' })
    if (response.ok) about.value = aboutOf(await response.json())
  } catch {
    // Asked again with the next connection.
  }
}

function aboutOf(body: unknown): About {
  const given = (typeof body === 'object' && body !== null ? body : {}) as {
    id?: unknown
    gateway?: unknown
    admin_token?: unknown
    nodes?: unknown
  }
  const nodes = Array.isArray(given.nodes) ? given.nodes : []
  const pages = new Map<number, string>()
  for (const { id, page } of nodes) {
    if (typeof page === 'string' && /^https?:/.test(page)) pages.set(Number(id), page)
  }
  return {
    id: String(given.id ?? ''),
    gateway: typeof given.gateway === 'string' ? given.gateway : null,
    adminToken: given.admin_token === true,
    pages,
  }
}

/** Where another node's page is, if anybody said so. */
export function pageOf(id: number): string | null {
  return about.value?.pages.get(id) ?? null
}
