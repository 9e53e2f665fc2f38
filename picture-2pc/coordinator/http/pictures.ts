import type { Request, Response } from 'express'
import { CodedError } from '../../../common/errors.ts'
import { pictureName } from '../../shell/picture-name.ts'
import { toCodedError } from '../participants.ts'
import { single } from './answers.ts'
import { CALL_MS, type HttpParts } from './context.ts'

const MAX_PAGE = 1000
/** Names looked at for one page of those that contain a text: more would hold up transactions. */
const SEARCHED = 2000

/** `GET /list`: a page of what the participants hold, in order of name. */
export function listPictures({ participants }: HttpParts) {
  return async (request: Request, response: Response) => {
    const after = single('after', request.query['after']) ?? ''
    const limit = pageSize(single('limit', request.query['limit']))
    const wanted = nameFilter(single('contains', request.query['contains']))
    const asked = { after, limit: wanted === null ? limit : SEARCHED }
    const { answers, unreachable } = await participants.askAll((client) =>
      client.unary('List', asked, { deadlineMs: CALL_MS }),
    )
    if (answers.length === 0) throw new CodedError('UNREACHABLE')
    const merged = new Map<string, ListedPicture>()
    let complete = '' // beyond this name some node has more to tell
    for (const [node, { pictures, more }] of answers) {
      const names = Object.keys(pictures).sort()
      const last = names.at(-1) ?? ''
      if (more && (complete === '' || last < complete)) complete = last
      for (const name of names) add(merged, node, name, pictures[name])
    }
    const known = [...merged.keys()].filter((name) => complete === '' || name <= complete).sort()
    const found = wanted === null ? known : known.filter(wanted)
    const names = found.slice(0, limit)
    const last = names.length < found.length ? (names.at(-1) ?? '') : complete
    if (last !== '') response.set('x-next-after', encodeURIComponent(last))
    if (unreachable.length > 0) response.set('x-unreachable-nodes', unreachable.join(','))
    response.json(Object.fromEntries(names.map((name) => [name, merged.get(name)])))
  }
}

/** Names with a text in them, whatever the case; null: all. Throws CodedError INVALID_ARGUMENT. */
function nameFilter(text: string | null): ((name: string) => boolean) | null {
  if (text === null || text === '') return null
  if (text.length > 255) {
    throw new CodedError('INVALID_ARGUMENT', 'contains is a text of at most 255 characters')
  }
  const wanted = text.normalize('NFC').toLowerCase()
  return (name) => name.toLowerCase().includes(wanted)
}

interface ListedPicture {
  likes: number
  readonly upload_time: string
  /** The first node that holds it. */
  readonly node: string
  readonly nodes: string[]
  readonly size: number
}

function add(
  merged: Map<string, ListedPicture>,
  node: string,
  name: string,
  picture: { likes: number; size: number; uploadTime: number } | undefined,
): void {
  if (picture === undefined) return
  const { likes, size, uploadTime } = picture
  const known = merged.get(name)
  if (known === undefined) {
    const upload_time = new Date(uploadTime).toISOString()
    merged.set(name, { likes, upload_time, node, nodes: [node], size })
  } else {
    known.likes = Math.max(known.likes, likes)
    known.nodes.push(node)
  }
}

function pageSize(text: string | null): number {
  if (text === null) return MAX_PAGE
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (limit >= 1 && limit <= MAX_PAGE) return limit
  throw new CodedError('INVALID_ARGUMENT', `limit is a whole number from 1 to ${MAX_PAGE}`)
}

/** `GET /search/:file`: who holds it. */
export function searchPicture({ participants }: HttpParts) {
  return async (request: Request, response: Response) => {
    const filename = pictureName(request.params['file'])
    const { answers, unreachable } = await participants.askAll((client) =>
      client.unary('Search', { filename }, { deadlineMs: CALL_MS }),
    )
    if (answers.length === 0) throw new CodedError('UNREACHABLE')
    const holders = answers.filter(([, { found }]) => found)
    const [first] = holders
    const missing = unreachable.length > 0 ? { unreachable } : {}
    if (first === undefined) {
      response.json({ found: false, ...missing })
      return
    }
    const likes = Math.max(...holders.map(([, answer]) => answer.likes))
    const nodes = holders.map(([node]) => node)
    response.json({ found: true, filename, node: first[0], likes, nodes, ...missing })
  }
}

/** `DELETE /delete/:file?node=NAME`: from one node alone, without a transaction. */
export function deletePicture({ participants }: HttpParts) {
  return async (request: Request, response: Response) => {
    const filename = pictureName(request.params['file'])
    const node = single('node', request.query['node'])
    if (node === null) {
      const names = participants.names.join(', ')
      throw new CodedError(
        'INVALID_ARGUMENT',
        `say which node with ?node=, one of ${names}; DELETE /delete-2pc/… deletes from all`,
      )
    }
    const { success } = await participants
      .named(node)
      .unary('Delete', { filename }, { deadlineMs: CALL_MS })
      .catch(rethrow)
    if (!success) throw new CodedError('FILE_NOT_FOUND')
    response.json({ success, filename, node })
  }
}

function rethrow(error: unknown): never {
  throw toCodedError(error)
}
