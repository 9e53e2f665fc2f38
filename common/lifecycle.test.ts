import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { ConfigError } from './config.ts'
import { configured, type Fatal, live, type Running } from './lifecycle.ts'
import { createLogger } from './logger.ts'
import { CorruptLog, StorageFailure } from './storage-errors.ts'

/** Lives until the first exit, and tells its code and what was logged before it. */
async function run(start: (fatal: Fatal, process: EventEmitter) => Promise<Running>) {
  const lines: string[] = []
  const { log } = createLogger({
    ...{ node: 'n1', level: 'info', format: 'pretty' },
    destination: { write: (line) => lines.push(line.replace(/^\S+ /, '').trimEnd()) },
  })
  const fake = new EventEmitter()
  let flushed = 0
  const flush = () => {
    flushed = lines.length
  }
  return new Promise<{ code: number; lines: readonly string[] }>((resolve) => {
    // A real exit does not return; what happens after the first does not count.
    const exit = (code: number) => resolve({ code, lines: lines.slice(0, flushed) })
    const process = Object.assign(fake, { exit }) as unknown as NodeJS.Process
    void live({ process, log, flush, start: (fatal) => start(fatal, fake) })
  })
}

const failing = (error: Error) => run(() => Promise.reject(error))
const idle: Running = { close: () => Promise.resolve() }

test('S6 a failed disk or a damaged log ends the process with 74 and one sentence', async () => {
  const failed = await failing(new StorageFailure('writing to the log in /data failed: EIO'))
  assert.deepEqual(failed, { code: 74, lines: ['FATAL writing to the log in /data failed: EIO'] })
  assert.equal((await failing(new CorruptLog('/data/log', 8, 'rotten'))).code, 74)
  const later = await run((fatal) => {
    setImmediate(() => fatal(new StorageFailure('fsync failed')))
    return Promise.resolve(idle)
  })
  assert.deepEqual(later, { code: 74, lines: ['FATAL fsync failed'] })
})

test('other ends have codes of their own: configuration 2, start 1, defect 70', async () => {
  assert.equal((await failing(new ConfigError(['PORT is "x"']))).code, 2)
  assert.equal((await failing(new Error('the port is in use'))).code, 1)
  assert.equal((await failing(new assert.AssertionError({ message: 'broken' }))).code, 70)
  const uncaught = await run((_fatal, process) => {
    setImmediate(() => process.emit('uncaughtException', new TypeError('broken')))
    return Promise.resolve(idle)
  })
  assert.equal(uncaught.code, 70)
  assert.match(uncaught.lines[0] ?? '', /^FATAL a defect stops this process.*TypeError: broken/)
})

for (const signal of ['SIGTERM', 'SIGINT']) {
  test(`T10 ${signal} closes in good order and exits with 0, also when it comes early`, async () => {
    const done: string[] = []
    const { code, lines } = await run(async (_fatal, process) => {
      process.emit(signal)
      await Promise.resolve()
      done.push('started')
      return { close: async () => void done.push('closed') }
    })
    assert.equal(code, 0)
    assert.deepEqual(done, ['started', 'closed'])
    assert.deepEqual(lines, [`INFO  stopping on ${signal}`, 'INFO  stopped'])
  })
}

test('T10 a close that hangs is given up before ten seconds are over', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { code } = await run(async (_fatal, process) => {
    process.emit('SIGTERM')
    return {
      close: () => {
        t.mock.timers.tick(9500)
        return new Promise(() => undefined)
      },
    }
  })
  assert.equal(code, 0)
})

test('a wrong configuration is told on standard error and exits with 2', () => {
  const told: unknown[] = []
  const process = {
    stderr: { write: (text: string) => told.push(text) },
    exit: (code: number) => told.push(code),
  } as unknown as NodeJS.Process
  configured(process, () => {
    throw new ConfigError(['PORT is "x": allowed is a port.', 'DATA_DIR is not set.'])
  })
  assert.deepEqual(told, ['PORT is "x": allowed is a port.\nDATA_DIR is not set.\n', 2])
  assert.equal(
    configured(process, () => 'read'),
    'read',
  )
})
