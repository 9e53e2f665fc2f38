import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fill, notMeasured, PLOTS, RESULTS, report } from './report.ts'
import type { Result } from './result.ts'

const RESULT: Result = {
  bench: 'raft',
  machine: {
    ...{ cores: 2, cpu: 'A CPU', memoryGiB: 23, kernel: '#1 SMP', node: 'v20.20.2' },
    ...{ commit: 'abc1234', date: '2026-11-23T13:20:00.000Z' },
  },
  versions: { 'music-raft': '0.1.0', etcd: '3.4.23' },
  options: {},
  figures: {},
  goals: [
    {
      what: 'CPU a write',
      ratio: { median: 0.4, min: 0.3, max: 0.6 },
      target: 0.5,
      atMost: true,
    },
    { what: 'writes/s', ratio: { median: 1.4, min: 1, max: 2 }, target: 1.5, atMost: false },
  ],
  tables: [
    {
      id: 'writes',
      title: 'Writes',
      columns: [{ title: 'system' }, { title: 'p50 ms', digits: 1, spread: true }, { title: 'n' }],
      rows: [
        ['ours', { median: 1.25, min: 1, max: 2 }, 12345],
        ['etcd', 3, null],
      ],
    },
  ],
  plots: [
    {
      id: 'cpu',
      title: 'CPU',
      x: { title: 'x', scale: 'linear' },
      y: { title: 'y', scale: 'linear' },
      series: [{ name: 'ours', points: [{ x: 1, y: 1 }] }],
    },
  ],
  problems: [],
}
const RESULTS_BY_NAME = new Map([['raft', [RESULT]]])

function filled(document: string): string {
  return fill(document, RESULTS_BY_NAME, '../')
}

test('tables, goals, the machine and plots stand where the marks are, and nothing else changes', () => {
  const marks = ['table raft writes', 'goals raft', 'machine raft', 'plot raft cpu']
  const empty = marks.map((mark) => `Before.\n<!-- ${mark} -->\n<!-- end -->\nAfter.`).join('\n')
  const once = filled(empty)
  assert(once.includes('| ours | 1.3 (1.0–2.0) | 12,345 |'))
  assert(once.includes('| etcd | 3.0 | – |'))
  assert(once.includes('| CPU a write | ≤ 0.5 | 0.40 (0.30–0.60) | yes |'))
  assert(once.includes('| writes/s | ≥ 1.5 | 1.40 (1.00–2.00) | no |'))
  assert(once.includes('commit abc1234'))
  assert(once.includes('etcd 3.4.23'))
  assert(once.includes(`![CPU](../${PLOTS}/raft-cpu.svg)`))
  assert.equal(once.match(/Before\.\n/g)?.length, 4)
  assert.equal(once.match(/\nAfter\./g)?.length, 4)
  assert.equal(filled(once), once, 'filling twice changes nothing')
})

test('a mark without an end is an error', () => {
  assert.throws(() => filled('<!-- table raft writes -->\n'), /0 of them with an end/)
  const swallowed = '<!-- goals raft -->\n<!-- goals raft -->\n<!-- end -->\n'
  assert.throws(() => filled(swallowed), /2 marks, 1 of them/)
})

test('what was not measured is said to be so', () => {
  assert.match(filled('<!-- plot raft x -->\n<!-- end -->'), /\*Not measured: `raft x`\.\*/)
  assert.match(filled('<!-- table other x -->\n<!-- end -->'), /\*Not measured: `other x`\.\*/)
})

test('several runs under one name are one result', () => {
  const table = { id: 'reads', title: 'Reads', columns: [{ title: 'n' }], rows: [[77]] }
  const both = new Map([['raft', [RESULT, { ...RESULT, tables: [table] }]]])
  assert.match(fill('<!-- table raft reads -->\n<!-- end -->', both, ''), /\| 77 \|/)
  assert.match(fill('<!-- table raft writes -->\n<!-- end -->', both, ''), /\| ours \|/)
})

test('parts of one table in several runs are one table', () => {
  const rows = [['another', 4, 5]]
  const more = RESULT.tables.map((table) => ({ ...table, rows }))
  const both = new Map([['raft', [RESULT, { ...RESULT, tables: more }]]])
  const text = fill('<!-- table raft writes -->\n<!-- end -->', both, '')
  assert.match(text, /\| ours \|[\s\S]*\| etcd \|[\s\S]*\| another \|/)
})

test('a result with problems says so beside its machine', () => {
  const unclean = { ...RESULT, problems: ['3 writes failed'] }
  const mark = '<!-- machine raft -->\n<!-- end -->'
  assert.match(fill(mark, new Map([['raft', [unclean]]]), ''), /Not clean:\*\* 3 writes failed/)
})

test('report writes documents and the plots they show; --check names what differs, writes nothing', () => {
  const root = mkdtempSync(join(tmpdir(), 'report-'))
  try {
    mkdirSync(join(root, RESULTS), { recursive: true })
    writeFileSync(join(root, RESULTS, 'raft.json'), JSON.stringify(RESULT))
    const document = join(root, 'docs/PERFORMANCE.md')
    const marks = ['table raft writes', 'plot raft cpu']
    const empty = marks.map((mark) => `<!-- ${mark} -->\n<!-- end -->\n`)
    writeFileSync(document, `# Speed\n\n${empty.join('\n')}`)
    const all = ['docs/PERFORMANCE.md', `${PLOTS}/raft-cpu.svg`]
    assert.deepEqual(report(root, { check: true }), all)
    assert(!readFileSync(document, 'utf8').includes('ours'))
    assert.deepEqual(report(root, { check: false }), all)
    assert(readFileSync(document, 'utf8').includes('| ours |'))
    assert.deepEqual(report(root, { check: true }), [])
    writeFileSync(document, readFileSync(document, 'utf8').replace('12,345', '12,346'))
    assert.deepEqual(report(root, { check: true }), ['docs/PERFORMANCE.md'])
    report(root, { check: false })
    assert.deepEqual(notMeasured(root), [])
    writeFileSync(document, '<!-- goals other -->\n<!-- end -->\n')
    report(root, { check: false })
    assert.deepEqual(notMeasured(root), ['Not measured: `other`.'])
    const stray = `${PLOTS}/raft-old.svg`
    writeFileSync(join(root, stray), '<svg/>')
    assert.deepEqual(report(root, { check: true }), [stray])
    assert.deepEqual(report(root, { check: false }), [stray])
    assert.deepEqual(report(root, { check: true }), [])
  } finally {
    rmSync(root, { recursive: true })
  }
})

test('the committed documents and plots are what the committed results make of them', () => {
  assert.deepEqual(report(join(import.meta.dirname, '../..'), { check: true }), [])
})
