import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { pictureName } from './picture-name.ts'

const refused = { name: 'CodedError', code: 'INVALID_NAME' }

test('T13 what is no string, empty, a directory, or holds a separator or control is refused', () => {
  const bad = [
    '',
    '.',
    '..',
    'a/b',
    'a\\b',
    '/',
    '\0',
    'a\n',
    '\u007f',
    '\u0085',
    '\u2028',
    '\ud800',
  ]
  for (const raw of [...bad, '\udc00x', '\ufffd', undefined, null, 1, ['a'], {}]) {
    assert.throws(() => pictureName(raw), refused, JSON.stringify(raw))
  }
})

test('T13 1 to 255 bytes of UTF-8, counted after NFC', () => {
  assert.equal(pictureName('x'.repeat(255)), 'x'.repeat(255))
  assert.throws(() => pictureName('x'.repeat(256)), refused)
  assert.equal(pictureName('e\u0301'.repeat(127)), '\u00e9'.repeat(127), '381 bytes, 254 in NFC')
  assert.throws(() => pictureName('\u00e9'.repeat(128)), refused)
})

test('T13 whatever passes is NFC, bounded, one path segment, and passes again unchanged', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), (raw) => {
      let name: string
      try {
        name = pictureName(raw)
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'INVALID_NAME')
        return
      }
      assert.equal(name, raw.normalize('NFC'))
      assert.equal(pictureName(name), name)
      assert.equal(pictureName(raw.normalize('NFD')), name)
      const bytes = Buffer.from(name, 'utf8')
      assert.ok(bytes.length >= 1 && bytes.length <= 255)
      assert.equal(bytes.toString('utf8'), name, 'UTF-8 keeps it')
      assert.ok(!/[/\\\p{Cc}]/u.test(name) && name !== '.' && name !== '..')
    }),
  )
})
