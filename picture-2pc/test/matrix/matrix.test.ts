import { strict as assert } from 'node:assert'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import type { Run } from './cell.ts'
import { faults } from './faults.ts'
import { moments } from './moments.ts'
import { matrixPage, roles, rowKey, runRow } from './table.ts'

const PAGE = join(import.meta.dirname, '../../../../docs/2PC-MATRIX.md')

describe('D6 AC1–AC5 P16 every moment × role × crash, pause, cut in, cut out, duplicate, reorder', () => {
  const rows = new Map<string, readonly (readonly Run[])[]>()
  for (const moment of moments) {
    const ids = moment.title.match(/ORA-2PC-CRASH-TEST-\d+/)?.[0] ?? ''
    for (const [victim, role] of roles) {
      test(`D6 ${ids} ${moment.id} ${moment.title} × ${role}`, () => {
        const row = runRow(moment, victim)
        assert.equal(row.length, faults.length)
        rows.set(rowKey(moment, victim), row)
      })
    }
  }

  test('D6 the page of the matrix is what the code does', () => {
    assert.equal(rows.size, moments.length * roles.length)
    const page = matrixPage(rows)
    if (process.env['UPDATE_MATRIX'] === '1') {
      mkdirSync(dirname(PAGE), { recursive: true })
      writeFileSync(PAGE, page)
    }
    assert.equal(readFileSync(PAGE, 'utf8'), page, 'UPDATE_MATRIX=1 npm test -- matrix')
  })
})
