import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { saying } from '../../common/http/test/serving.ts'
import { eventually } from '../../test/child.ts'
import { EventSourceClient } from '../../test/event-source.ts'
import { type Node, PATIENT, RaftCluster } from './cluster.ts'

const TOKEN = 'open-sesame'

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly json: Record<string, unknown>
}

interface Track {
  readonly id: string
  readonly votes: number
}

/** One call of a page at this node. */
async function post(node: Node, path: string, body: object, headers = {}): Promise<Answer> {
  const origin = `http://localhost:${node.httpPort}`
  const response = await fetch(`${origin}/api/${path}`, {
    ...{ method: 'POST', body: JSON.stringify(body), signal: AbortSignal.timeout(20_000) },
    headers: { 'content-type': 'application/json', 'x-node': 'page', origin, ...headers },
  })
  const json = (await response.json()) as Record<string, unknown>
  return { status: response.status, headers: response.headers, json }
}

/** A page's changes: one after the other, each repeated with the same ids until it is answered. */
class Page {
  readonly #id = randomUUID()
  #request = 0
  identity(): Record<string, string> {
    return { 'x-client-id': this.#id, 'x-request-id': String(this.#request) }
  }

  change(nodes: () => readonly Node[], path: string, body: object): Promise<Answer> {
    this.#request += 1
    return this.again(nodes, path, body)
  }

  /** The last change once more, as if its answer had been lost. */
  async again(nodes: () => readonly Node[], path: string, body: object): Promise<Answer> {
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const all = nodes()
      const node = all[attempt % all.length]
      assert.ok(node !== undefined)
      const answer = await post(node, path, body, this.identity()).catch(() => null)
      if (answer?.status === 200) return answer
      if (answer !== null) assert.equal(answer.json['retryable'], true, JSON.stringify(answer.json))
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error(`${path} was not answered`)
  }
}

describe('the queue over HTTP', { timeout: 300_000 }, () => {
  let cluster: RaftCluster
  before(async () => {
    const env = { ...PATIENT, ADMIN_TOKEN: TOKEN, PAGES: '1=http://localhost:1/' }
    cluster = await RaftCluster.start({ size: 3, env })
  })
  after(() => cluster.stop())

  test('any node takes a change to the leader, and every node shows it', async () => {
    const leader = await cluster.leader()
    const [follower] = cluster.followers(leader)
    assert.ok(follower !== undefined)
    const viewer = await EventSourceClient.open(`http://127.0.0.1:${follower.httpPort}/events`)
    const track = { id: 'first', title: '<script>alert(1)</script>', artist: '\u202e\u{1f3b5}' }
    const { status, json, headers } = await post(follower, 'queue/AddTrack', track)
    assert.deepEqual([status, json['message'], json['code']], [200, 'Queued by Leader', 'APPLIED'])
    assert.deepEqual([json['position'], json['total']], ['1', '1'])
    assert.equal(headers.get('x-served-by'), String(follower.id))
    assert.equal(headers.get('x-leader'), String(leader.id))
    for (const node of cluster.nodes) {
      const { json: list } = await post(node, 'queue/GetQueue', {})
      const queue = [{ ...track, votes: 0, duration: 0 }]
      assert.deepEqual(list, { queue, total: '1', more: false })
    }
    await follower.child.line(/ runs RPC AddTrack called by Node page$/)
    await follower.child.line(new RegExp(` sends RPC AddTrack to Node ${leader.id}$`))
    await leader.child.line(new RegExp(` runs RPC AddTrack called by Node ${follower.id}$`))
    const call = await viewer.until('the call', ({ kind }) => kind === 'call')
    assert.deepEqual(
      [call['rpc'], call['peer'], call['direction']],
      ['AddTrack', 'page', 'received'],
    )
    viewer.close()
    const played = await post(leader, 'queue/PlayNext', {})
    assert.deepEqual(played.json, { ...track, votes: 0, duration: 0 })
    const { json: history } = await post(follower, 'queue/GetHistory', { limit: 10 })
    assert.deepEqual((history['queue'] as Track[])[0]?.id, 'first')
    const { json: gone } = await post(leader, 'queue/GetMetadata', { id: 'first' })
    assert.equal(gone['id'], '')
  })

  test('what the original’s answers do not know is told by the catalogue', async () => {
    const leader = await cluster.leader()
    const bad = await post(leader, 'queue/AddTrack', { id: 'é'.repeat(65) })
    assert.deepEqual([bad.status, bad.json['code']], [400, 'INVALID_ARGUMENT'])
    assert.match(String(bad.json['message']), /\bid\b/)
    const half = await post(leader, 'queue/AddTrack', { id: 'half', title: '\ud83d' })
    assert.equal(half.status, 400)
    const foreign = await post(leader, 'queue/PlayNext', {}, { origin: 'http://evil.example' })
    assert.deepEqual([foreign.status, foreign.json['code']], [403, 'FOREIGN_PAGE'])
    const about = (await leader.http('/about')).body
    assert.deepEqual([about['id'], about['admin_token']], [String(leader.id), true])
    assert.deepEqual(about['nodes'], [
      { id: '1', page: 'http://localhost:1/' },
      { id: '2', page: null },
      { id: '3', page: null },
    ])
  })

  test('other methods and other paths are refused, and nothing is told to other origins', async () => {
    const { httpPort } = await cluster.leader()
    const url = `http://127.0.0.1:${httpPort}`
    const head = await fetch(`${url}/about`, { method: 'HEAD' })
    assert.deepEqual([head.status, await head.text()], [200, ''])
    const wrong = [
      ['POST', '/about', 'GET, HEAD'],
      ['DELETE', '/', 'GET, HEAD'],
      ['PUT', '/events', 'GET, HEAD'],
      ['GET', '/api/queue/AddTrack', 'POST'],
      ['DELETE', '/api/queue/AddTrack', 'POST'],
    ]
    for (const [method = '', path = '', allow = ''] of wrong) {
      const response = await fetch(url + path, { method })
      assert.deepEqual([response.status, response.headers.get('allow')], [405, allow], path)
    }
    const preflight = await fetch(`${url}/api/queue/AddTrack`, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://evil.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    })
    assert.equal(preflight.status, 405)
    const allowing = [...preflight.headers.keys()].filter((name) => name.startsWith('access-'))
    assert.deepEqual(allowing, [])
    for (const path of [
      '/%2e%2e/%2e%2e/package.json',
      '/..%2fpackage.json',
      '/%00',
      '/api/queue/',
    ]) {
      const answer = await saying(
        httpPort,
        `GET ${path} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n`,
      )
      assert.equal(answer.status, 404, path)
      assert.match(answer.body, /NO_ROUTE/, path)
    }
    const unknown = await fetch(`${url}/api/admin/Watch`, { method: 'POST', body: '{}' })
    assert.equal(unknown.status, 404)
  })

  test('administration is the leader’s, and needs the token', async () => {
    const leader = await cluster.leader()
    const [follower] = cluster.followers(leader)
    assert.ok(follower !== undefined)
    const to = { to: String(follower.id) }
    const without = await post(leader, 'admin/TransferLeadership', to)
    assert.deepEqual([without.status, without.json['code']], [401, 'TOKEN_REQUIRED'])
    const token = { 'x-admin-token': TOKEN }
    const elsewhere = await post(follower, 'admin/TransferLeadership', to, token)
    assert.deepEqual(
      [elsewhere.status, elsewhere.json['code'], elsewhere.json['leader']],
      [409, 'NOT_LEADER', String(leader.id)],
    )
    const { status, json } = await post(leader, 'admin/TransferLeadership', to, token)
    assert.deepEqual([status, json], [200, { leader_id: String(follower.id) }])
    const { json: shown } = await post(follower, 'admin/Status', {})
    assert.deepEqual(
      [shown['id'], (shown['members'] as unknown[]).length],
      [String(follower.id), 3],
    )
  })

  test('R16 every change takes effect once, though the leader dies on the way and comes back', async () => {
    const page = new Page()
    const alive = () => cluster.running
    const added = await page.change(alive, 'queue/AddTrack', { id: 'voted' })
    assert.equal(added.json['code'], 'APPLIED')
    const votes = 30
    let leader: Node | null = null
    let term = 0
    let last: Answer = added
    for (let vote = 1; vote <= votes; vote += 1) {
      if (vote === 10) {
        leader = await cluster.leader()
        term = (await leader.status()).term
        leader.child.signal('SIGKILL') // while the next ones are on their way
      }
      if (vote === 20 && leader !== null) {
        await leader.child.exit
        leader.child.start()
      }
      last = await page.change(alive, 'queue/VoteTrack', { id: 'voted', up: true })
      assert.equal(last.json['code'], 'APPLIED')
      if (vote % 5 === 0) {
        const repeated = await page.again(alive, 'queue/VoteTrack', { id: 'voted', up: true })
        assert.equal(repeated.json['message'], last.json['message'])
      }
    }
    const next = await cluster.leader(cluster.nodes)
    assert.ok((await next.status()).term > term, 'the leader died in vain')
    for (const node of cluster.nodes) {
      const identity = page.identity()
      const again = await post(node, 'queue/VoteTrack', { id: 'voted', up: true }, identity)
      assert.deepEqual(again.json['message'], last.json['message'], 'a repeat has the first answer')
      const { json } = await post(node, 'queue/GetMetadata', { id: 'voted' })
      assert.deepEqual(json['votes'], votes, `at node ${node.id}`)
    }
  })

  test('L16 without a majority a change is refused, and what a node has can still be read', async () => {
    const leader = await cluster.leader()
    const [left] = cluster.followers(leader)
    assert.ok(left !== undefined)
    for (const node of cluster.nodes) if (node !== left) await node.child.end('SIGKILL')
    let refused: Answer | null = null
    await eventually('nobody leads', async () => {
      refused = await post(left, 'queue/AddTrack', { id: 'lonely' })
      return refused.json['code'] === 'NO_LEADER'
    })
    assert.deepEqual(
      { ...(refused as Answer | null)?.json, message: '', term: '' },
      {
        ...{ code: 'NO_LEADER', message: '', outcome: 'refused', retryable: true },
        ...{ leader: null, term: '' },
      },
    )
    const fresh = await post(left, 'queue/GetQueue', {})
    assert.deepEqual([fresh.status, fresh.json['code']], [503, 'NO_LEADER'])
    const stale = await post(left, 'queue/GetQueue', {}, { 'x-consistency': 'stale' })
    assert.deepEqual([stale.status, (stale.json['queue'] as Track[])[0]?.id], [200, 'voted'])
  })
})
