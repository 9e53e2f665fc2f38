import type { TestEvent } from 'node:test/reporters'

/** How one test ended. */
export interface Ended {
  readonly title: string
  readonly passed: boolean
  /** Why it failed. */
  readonly error: string
}

/** Writes a line of JSON for every test that ran. */
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue
    if (data.skip !== undefined || data.details.type === 'suite') continue
    const passed = type === 'test:pass'
    const error = type === 'test:fail' ? describe(data.details.error) : ''
    const ended: Ended = { title: data.name, passed, error }
    yield `${JSON.stringify(ended)}\n`
  }
}

function describe(error: Error): string {
  const { cause = error } = error
  if (!(cause instanceof Error)) return String(cause)
  const { stack = '', message } = cause
  return stack.includes(message) ? stack : `${message}\n${stack}`
}
