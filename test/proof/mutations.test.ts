import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { mutations } from './mutations/all.ts'
import { patched } from './mutations/mutation.ts'
import {
  asSeenBySimulation,
  nameOf,
  runKiller,
  runTests,
  survival,
} from './mutations/run-killer.ts'

/** As many as the issue asks for; a table that lost its rows must not pass. */
const LEAST = 20
/** Election Safety, Leader Completeness, Log Matching, and so on. */
const CHECKERS = 8

const build = join(import.meta.dirname, '../..')
const compiled = (module: string) => join(build, module.replace(/\.ts$/, '.js'))

test('mutations: enough of them, each of its own name, each fits the code as it is', () => {
  assert(mutations.length >= LEAST)
  assert.equal(new Set(mutations.map(({ id }) => id)).size, mutations.length)
  for (const { id, story, edits, killer } of mutations) {
    assert.match(id, /^([A-Z]\d+-)+[a-z0-9-]+$/)
    assert(story.length > 0 && !story.includes('\n') && edits.length > 0, id)
    assert(existsSync(compiled(killer.file)), killer.file)
    for (const each of edits) {
      const before = readFileSync(compiled(each.module), 'utf8')
      assert.notEqual(patched(before, each), before, id)
    }
  }
})

test('mutations: a patch that does not fit, or fits twice, is an error', () => {
  const edit = { module: 'm.ts', find: 'a  =\n1', replace: 'b' }
  assert.equal(patched('x; a = 1;', edit), 'x; b;')
  assert.throws(() => patched('x', edit), /does not contain/)
  assert.throws(() => patched('a = 1; a = 1', edit), /more than once/)
})

test('mutations: a bug that no test sees is reported as survived', async () => {
  const [any] = mutations
  assert(any !== undefined)
  const { module } = any.edits[0] ?? { module: '' }
  const harmless = { module, find: 'export {', replace: 'export {' }
  const run = { tests: [{ title: 't', passed: true, error: '' }], patched: [module], output: '' }
  const mutation = { ...any, edits: [harmless] }
  assert.match(survival(mutation, { ...run, seconds: 0 }) ?? '', /^survived/)
  assert.match(survival(mutation, { ...run, tests: [], seconds: 0 }) ?? '', /^no test ran/)
  assert.match(survival(mutation, { ...run, patched: [], seconds: 0 }) ?? '', /not loaded/)
})

// Each run is a process of its own; two cores.
describe('without a mutation every killer passes', { concurrency: 2 }, () => {
  for (const file of new Set(mutations.map(({ killer }) => killer.file))) {
    test(file, async () => {
      const killers = mutations.map(({ killer }) => killer).filter((each) => each.file === file)
      const titles = [...new Set(killers.map(({ title }) => title))]
      const { tests, output } = await runTests(file, titles)
      for (const title of titles) {
        const named = tests.filter((each) => each.title.includes(title))
        assert(named.length > 0, `no test is called ${title}\n${output}`)
        for (const { passed, error } of named) assert(passed, error)
      }
    })
  }
})

describe('every mutation is killed by the test that it names', { concurrency: 2 }, () => {
  for (const mutation of mutations) {
    test(`${mutation.id}: ${nameOf(mutation.killer)}`, async () => {
      assert.equal(survival(mutation, await runKiller(mutation)), null)
    })
  }
})

describe('every checker of the simulation of Raft sees a known bug', { concurrency: 2 }, () => {
  const seen = mutations.map(asSeenBySimulation).filter((mutation) => mutation !== null)
  test('there are such bugs', () => assert(seen.length >= CHECKERS))
  for (const mutation of seen) {
    test(`${mutation.killer.sees.source}: ${mutation.id}`, async () => {
      assert.equal(survival(mutation, await runKiller(mutation)), null)
    })
  }
})
