import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { CodedError } from '../errors.ts'

/**
 * Refuses what a page of another site had its browser ask for. Throws CodedError FOREIGN_PAGE. A name
 * with a dot in `Host` may be a stranger's that was made to point here (DNS rebinding): the page is
 * then of the same origin to the browser, and only the name tells.
 */
export function checkSameOrigin(headers: IncomingHttpHeaders): void {
  const { host, origin } = headers
  const site = headers['sec-fetch-site']
  if (host === undefined || !isOwnName(host)) {
    throw new CodedError('FOREIGN_PAGE', 'the Host is no address, localhost or plain name')
  }
  if (origin !== undefined && hostOf(origin) !== host.toLowerCase()) {
    throw new CodedError('FOREIGN_PAGE', 'the Origin is another')
  }
  if (site === 'cross-site' || site === 'same-site') {
    throw new CodedError('FOREIGN_PAGE', `Sec-Fetch-Site is ${site}`)
  }
}

/**
 * The same for what changes something: a browser names the `Origin` of every such request, so who names
 * none is no page and may call this server what it likes. Throws CodedError FOREIGN_PAGE.
 */
export function checkNoForeignPage(headers: IncomingHttpHeaders): void {
  if (headers.origin === undefined && headers['sec-fetch-site'] === undefined) return
  checkSameOrigin(headers)
}

function isOwnName(host: string): boolean {
  const name = host.toLowerCase().replace(/:\d{1,5}$/, '')
  if (name.startsWith('[') && name.endsWith(']')) return isIP(name.slice(1, -1)) === 6
  if (isIP(name) === 4 || name === 'localhost' || name.endsWith('.localhost')) return true
  return /^[a-z0-9_-]{1,63}$/.test(name)
}

function hostOf(origin: string): string | null {
  try {
    return new URL(origin).host
  } catch {
    return null
  }
}
