import { MAX_DURATION, MAX_ID_BYTES, MAX_TEXT_BYTES } from '../../queue/validate.ts'
import type { RaftConfig } from '../config.ts'

/** Tracks in one answer over HTTP. */
export const MAX_LISTED = 1000

/** `GET /about`: what pages need to know and does not change while the node runs. */
export function about(config: RaftConfig): object {
  const pages = new Map(config.PAGES.map(({ name, url }) => [name, url]))
  const ids = new Set([...config.members.map(({ id }) => String(id)), ...pages.keys()])
  return {
    id: String(config.id),
    gateway: config.GATEWAY_PAGE ?? null,
    admin_token: config.ADMIN_TOKEN !== undefined,
    request_timeout_ms: config.REQUEST_TIMEOUT_MS,
    nodes: [...ids].map((id) => ({ id, page: pages.get(id) ?? null })),
    limits: {
      id_bytes: MAX_ID_BYTES,
      text_bytes: MAX_TEXT_BYTES,
      duration: MAX_DURATION,
      list: MAX_LISTED,
    },
  }
}
