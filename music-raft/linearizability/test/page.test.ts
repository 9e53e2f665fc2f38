import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { check } from '../check.ts'
import { drawHistory } from '../page.ts'
import type { QueueInput, QueueOperation } from '../queue-history.ts'
import { queueModel } from '../queue-model.ts'
import { answerOf, queueWords } from '../queue-words.ts'
import { generate, seeded } from './generate.ts'
import { anyInput, OneQueue } from './queue-machine.ts'

const NASTY = '</style><script>alert(1)</script>"\'&<img src=x onerror=y>'

function history(clients: number, seed = 5): QueueOperation[] {
  const queue = new OneQueue()
  const valid = generate({
    ...{ random: seeded(seed), clients, operations: clients * 12, unknown: 0 },
    input: (from): QueueInput => anyInput(from, 12),
    apply: (input) => queue.ask(input),
  })
  const place = valid.findIndex(
    ({ output }, i) => i > clients * 5 && output !== null && 'tracks' in output && output.total > 2,
  )
  const victim = valid[place]
  assert.ok(victim?.output && 'tracks' in victim.output)
  const { tracks, total } = victim.output
  const output = { tracks: tracks.toSpliced(1, 1), total: total - 1 }
  return valid.with(place, { ...victim, output })
}

function page(operations: QueueOperation[], label = 'node 3: killed'): string {
  const verdict = check(queueModel(), operations)
  return drawHistory({
    ...{ title: `Test ${label}`, notes: [label], operations, verdict, words: queueWords },
    faults: [
      { from: 20, to: 60, label },
      { from: 50, to: 90, label: 'nodes 1 and 2: cut' },
    ],
  })
}

test('a page shows each client, each fault, the window and what would have been right', () => {
  const operations = history(30)
  const html = page(operations)
  for (let client = 0; client < 30; client++) assert.match(html, new RegExp(`client ${client}<`))
  assert.match(html, /Not linearizable/)
  assert.match(html, /class="bar within blocked"/)
  assert.match(html, /no linearization/)
  assert.match(html, /What would be right there<tr><td>queue \[/)
  assert.match(html, /node 3: killed/)
  assert.match(html, /prefers-color-scheme: dark/)
  assert.equal(html.split('<rect class="fault"').length - 1, 2)
  const bars = html.match(/<rect class="(bar|open|blocked|refused)"/g)
  assert.equal(bars?.length, operations.length, 'every operation is drawn')
  const out = process.env['PAGE_OUT']
  if (out !== undefined) writeFileSync(out, html)
})

test('a page runs no scripts, loads nothing, and what it shows is text', () => {
  const operations = history(3).map((operation) =>
    operation.input.rpc === 'AddTrack' ? { ...operation, client: NASTY } : operation,
  )
  const nasty: QueueInput = { rpc: 'RemoveTrack', id: NASTY }
  const never = { client: NASTY, call: 0, return: null, input: nasty, output: null }
  const html = page([...operations, never], NASTY)
  assert.equal(html.includes('<script'), false)
  assert.equal(html.includes('<img'), false)
  assert.equal(html.split('</style>').length, 2)
  assert.doesNotMatch(html, /(src|href)=(?!x onerror)|url\(|@import/)
  assert.match(html, /default-src 'none'/)
  assert.match(html, /&#60;script&#62;/)
})

test('a history without a violation, and an empty one, can be drawn too', () => {
  const queue = new OneQueue()
  const valid = generate({
    ...{ random: seeded(1), clients: 3, operations: 30, unknown: 0.1 },
    input: (from): QueueInput => anyInput(from, 5),
    apply: (input) => queue.ask(input),
  })
  assert.match(page(valid), /Linearizable/)
  assert.match(page([]), /Linearizable/)
  const verdict = check(queueModel(), valid, { budget: 5 })
  const { title, notes, faults } = { title: 'T', notes: [], faults: [] }
  const html = drawHistory({ title, notes, faults, operations: valid, verdict, words: queueWords })
  assert.match(html, /Undecided/)
})

test('what a page calls right is right for the model', () => {
  const model = queueModel()
  const random = seeded(9)
  let state = model.initial
  for (let i = 0; i < 3000; i++) {
    const input = anyInput(random, 6)
    const next = model.step(state, input, answerOf(state, input))
    assert.ok(next !== null, JSON.stringify(input))
    state = next
  }
})
