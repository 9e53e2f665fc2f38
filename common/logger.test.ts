import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createLogger, type LogFormat } from './logger.ts'

function logging(format: LogFormat, level = 'info') {
  const lines: string[] = []
  const destination = { write: (line: string) => lines.push(line) }
  return { lines, ...createLogger({ node: 'n1', level, format, destination }) }
}

test('pretty: time, level and message on one line of plain text', () => {
  const { log, lines } = logging('pretty')
  log.info({ peer: 'n2' }, 'hello')
  log.error({ err: new Error('broken') }, 'it failed')
  assert.match(lines[0] ?? '', /^\d{4}-\d\d-\d\dT[\d:.]+Z INFO {2}hello\n$/)
  assert.match(lines[1] ?? '', /^\S+ ERROR it failed · Error: broken/)
  assert.equal(lines.length, 2)
})

test('json: the same message, with its fields and the node', () => {
  const { log, lines } = logging('json')
  log.info({ peer: 'n2', rpc: 'X' }, 'hello')
  const { level, node, peer, rpc, msg } = JSON.parse(lines[0] ?? '') as Record<string, unknown>
  assert.deepEqual([level, node, peer, rpc, msg], [30, 'n1', 'n2', 'X', 'hello'])
})

test('below its level nothing is written', () => {
  const { log, lines } = logging('pretty', 'warn')
  log.info('no')
  log.debug('no')
  log.warn('yes')
  assert.equal(lines.length, 1)
})

test('no message from outside can make a second line, in either format', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.constantFrom<LogFormat>('pretty', 'json'),
      (text, format) => {
        const { log, lines } = logging(format)
        log.info(`before ${text}\n2026 INFO forged\r\u2028\u2029\u0085\u001b[31m`)
        assert.equal(lines.length, 1)
        const body = (lines[0] ?? '').slice(0, -1)
        const breaks = format === 'pretty' ? /[\p{Cc}\u2028\u2029]/u : /\p{Cc}/u
        // DEL and C1 controls are harmless within JSON; JSON.stringify leaves them.
        const shown = format === 'pretty' ? body : body.replaceAll(/[\u007f-\u009f]/g, '')
        assert.equal(breaks.test(shown), false)
      },
    ),
  )
})
