import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { counts, cover, missing } from './cover.ts'
import { pageOf } from './page.ts'
import { because, by, type Group, row, tests } from './row.ts'
import { groups } from './rows.ts'
import { titlesIn } from './scan.ts'

/** Behind bars, so that nobody takes these for tests. */
const SOURCE = `
| describe('a group (R3)', () => {
|   test('R1 a plain title', () => {
|     store.test('R2 not a test')
|   })
|
|   test(
|     'R4–R6 on a line of its own, it’s \\'quoted\\'',
|     { timeout: 1 },
|     () => {},
|   )
| })
|
| const CASES = [
|   ['TestFirst', 1],
|   ['TestSecond', 2],
| ]
|
| for (const [name, number] of CASES) {
|   test(\`\${name}: says \${number}\`, () => {})
| }
|
| for (const on of [true, false]) {
|   const suffix = on ? 'PreVote' : ''
|   test(\`TestThird\${suffix}: in a loop\`, () => {})
| }
|
| scenario("O1 double quotes", async () => {})
|
| test.skip('R7 not now', () => {})
`.replaceAll(/^\| ?/gm, '')

const group = (...rows: Group['rows']): Group => ({ id: 'G', title: 'a group', rows })

function found(...rows: Group['rows']): Record<string, string[]> {
  const [covered] = cover([group(...rows)], titlesIn('a.test.ts', SOURCE))
  return Object.fromEntries(
    covered?.rows.map((each) => [each.row.id, each.tests.map(({ title }) => title)]) ?? [],
  )
}

describe('coverage', () => {
  test('titles are found as they are written: nested, on lines of their own, computed', () => {
    assert.deepEqual(
      titlesIn('a.test.ts', SOURCE).map(({ title }) => title),
      [
        'a group (R3)',
        'R1 a plain title',
        "R4–R6 on a line of its own, it’s 'quoted'",
        '…: says …',
        'TestThird…: in a loop',
        'O1 double quotes',
      ],
    )
  })

  test('a row is found by its id as a word, in a range, or in what a title computes', () => {
    const rows = [
      ...['R', 'R1', 'R2', 'R3', 'R5', 'R7', 'O1'].map((id) => row(id, '')),
      ...tests('First Second Third ThirdPreVote Fourth'),
    ]
    assert.deepEqual(found(...rows), {
      R: [],
      R1: ['R1 a plain title'],
      R2: [],
      R3: ['a group (R3)'],
      R5: ["R4–R6 on a line of its own, it’s 'quoted'"],
      R7: [],
      O1: ['O1 double quotes'],
      TestFirst: ['TestFirst: says …'],
      TestSecond: ['TestSecond: says …'],
      TestThird: ['TestThird…: in a loop'],
      TestThirdPreVote: ['TestThirdPreVote: in a loop'],
      TestFourth: [],
    })
  })

  test('a row may say what finds it, and then its id does not', () => {
    assert.deepEqual(found(row('R1', '', by('double quotes'))), { R1: ['O1 double quotes'] })
  })

  test('a row whose test has vanished is missing, unless it has a reason', () => {
    const rows = [row('R1', ''), row('gone', ''), row('absent', '', because('not here'))]
    const covered = cover([group(...rows)], titlesIn('a.test.ts', SOURCE))
    assert.deepEqual(missing(covered), ['G gone'])
    assert.deepEqual(counts(covered), { rows: 3, tested: 1, reasons: 1, missing: 1 })
    assert.match(pageOf(covered), /\| gone \| {2}\| \*\*missing\*\* \|/)
    const half = row('R1', '', by('double quotes', 'R1 a title of yesterday'))
    assert.deepEqual(missing(cover([group(half)], titlesIn('a.test.ts', SOURCE))), [
      'G R1: no title has "R1 a title of yesterday"',
    ])
  })

  test('every row has an id of its own within its group, and the lists are whole', () => {
    for (const { id, rows } of groups) {
      assert.equal(new Set(rows.map((each) => each.id)).size, rows.length, id)
    }
    const sizes = new Map(groups.map(({ id, rows }) => [id, rows.length]))
    const whole = [
      ...[sizes.get('O'), sizes.get('R'), sizes.get('S'), sizes.get('L'), sizes.get('T')],
      ...[sizes.get('P'), sizes.get('D1'), sizes.get('D3'), sizes.get('D6 Oracle')],
    ]
    assert.deepEqual(whole, [21, 24, 18, 17, 14, 19, 28, 26, 10])
  })
})
