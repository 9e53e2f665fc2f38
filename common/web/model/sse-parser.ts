/** One event of a stream of server-sent events. */
export interface ServerSent {
  /** '' where it has none. */
  readonly id: string
  readonly data: string
}

/** Longer than any event is: whoever sends more is not what we think. */
const MOST_CHARACTERS = 4 * 1024 * 1024

/** Takes a stream of server-sent events apart, however it was cut on its way. */
export class SseParser {
  #rest = ''
  #id = ''
  #data: string[] = []

  /** Throws RangeError where an event does not end. */
  push(text: string): ServerSent[] {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    if (this.#rest.length > MOST_CHARACTERS) throw new RangeError('an event without an end')
    const events: ServerSent[] = []
    for (const line of lines) {
      const event = this.#line(line.endsWith('\r') ? line.slice(0, -1) : line)
      if (event !== null) events.push(event)
    }
    return events
  }

  #line(line: string): ServerSent | null {
    if (line === '') {
      const event = this.#data.length === 0 ? null : { id: this.#id, data: this.#data.join('\n') }
      this.#id = ''
      this.#data = []
      return event
    }
    const colon = line.indexOf(':')
    if (colon === 0) return null
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') this.#data.push(value)
    else if (field === 'id' && !value.includes('\0')) this.#id = value
    return null
  }
}
