/** In every event of a stream, whatever it tells of. */
export interface EventHead {
  /** Whose event it is. */
  readonly node: string
  /** Of this run of the process: another one means that it was restarted. */
  readonly start: string
  /** Counts the events of one run, from 1. A state (`snapshot`) repeats that of the last before it. */
  readonly sequence: number
  /** Milliseconds since 1970, by the node's own clock. */
  readonly time: number
  readonly kind: string
}

/** What the stream itself tells its viewer. */
export type StreamEvent =
  /** First in every stream. */
  | {
      readonly kind: 'hello'
      /** `node`: of one process; `cluster`: of all that this one can hear. */
      readonly stream: 'node' | 'cluster'
      /** `continued`: goes on behind the id that was given; `restarted`: that id is of another run. */
      readonly resumed: 'fresh' | 'continued' | 'restarted'
      /** Events between that id and what follows; null: it cannot be known. */
      readonly missed: number | null
    }
  /** The viewer did not keep up: so many events were left out here. */
  | { readonly kind: 'dropped'; readonly count: number }

/** What a node tells of another one's stream, while somebody watches the cluster through it. */
export interface PeerEvent {
  readonly kind: 'peer'
  readonly peer: string
  readonly reachable: boolean
  /** When it was reached, or not any more (or first tried in vain): milliseconds since 1970. */
  readonly since: number
  /** When it was last heard; null: never, since somebody watches. */
  readonly lastHeard: number | null
  /** Why it is not reached; '' where it is. */
  readonly reason: string
}

const RISKY = /[<>&\u2028\u2029]/g

/**
 * JSON on one line. What would be markup or a line break somewhere is escaped: titles and names come
 * from users, and a page may be careless.
 */
export function eventText(head: Omit<EventHead, 'kind'>, event: { readonly kind: string }): string {
  const { node, start, sequence, time } = head
  return JSON.stringify({ node, start, sequence, time, ...event }).replace(
    RISKY,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const MOST_TEXT = 256

/** Text of unknown length, for an event. */
export function clipped(text: string): string {
  return text.length <= MOST_TEXT ? text : `${text.slice(0, MOST_TEXT - 1)}…`
}
