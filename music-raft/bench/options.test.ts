import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PARTS, readRaftOptions } from './options.ts'

test('without words: everything of ours alone, several rounds', () => {
  const options = readRaftOptions([])
  assert.deepEqual(options.parts, PARTS)
  assert.equal(options.versus, false)
  assert.equal(options.out, '')
  assert(options.rounds >= 3)
  assert.equal(options.failovers, 9)
  assert.equal(options.tracks, 1_000_000)
})

test('--quick is shorter in every way and leaves no part out', () => {
  const [usual, quick] = [readRaftOptions([]), readRaftOptions(['--quick'])]
  for (const name of ['seconds', 'rounds', 'failovers', 'writes', 'tracks'] as const) {
    assert(quick[name] < usual[name], name)
  }
  assert.deepEqual(quick.parts, PARTS)
})

test('words win over --quick, wherever they stand', () => {
  const words = ['--only', 'writes,scale', '--quick', '--vs', 'etcd', '--out', 'a.json']
  const options = readRaftOptions([...words, '--rounds', '7', '--seconds', '0.5'])
  assert.deepEqual(options.parts, ['writes', 'scale'])
  assert.equal(options.versus, true)
  assert.equal(options.out, 'a.json')
  assert.equal(options.rounds, 7)
  assert.equal(options.seconds, 0.5)
})

test('what makes no sense is refused by name', () => {
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['--vs', 'postgres'], /--vs takes etcd/],
    [['--only', 'writes,speed'], /not speed/],
    [['--rounds', '0'], /--rounds/],
    [['--rounds', '1.5'], /--rounds takes a whole number/],
    [['--seconds', 'many'], /--seconds/],
    [['--tracks', '-1'], /--tracks/],
    [['--fast'], /--fast/],
    [['etcd'], /etcd/],
  ]
  for (const [words, message] of wrong) assert.throws(() => readRaftOptions(words), message)
})
