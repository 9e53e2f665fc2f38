/** A track as clients see it (`queue.Track`). Objects are shared with snapshots: never changed. */
export interface Track {
  /** 1–128 bytes of UTF-8; unique within the queue. */
  readonly id: string
  /** At most 512 bytes of UTF-8; may be empty. */
  readonly title: string
  /** At most 512 bytes of UTF-8; may be empty. */
  readonly artist: string
  /** Upvotes minus downvotes, an int32; 0 when added. */
  readonly votes: number
  /** Seconds, 0–86400. */
  readonly duration: number
}

/** A track in the queue. */
export interface QueuedTrack extends Track {
  /** Log index of the entry that brought it. */
  readonly arrival: number
  /** Its place in that entry, from 0: the two together are unique, so the order below is total. */
  readonly place: number
}

/** A track in the history. */
export interface PlayedTrack extends Track {
  /** Log index of the PLAY that took it. */
  readonly playedAt: number
}

/** What the original answers where there is no track: an empty message. */
export const EMPTY_TRACK: Track = { id: '', title: '', artist: '', votes: 0, duration: 0 }

/** The client's five fields alone: what is remembered must not depend on where it came from. */
export function plain({ id, title, artist, votes, duration }: Track): Track {
  return { id, title, artist, votes, duration }
}

// Tracks are made here alone, from literals: one hidden class for all, wherever they come from, and
// no property outside the object (a spread with one more field costs both).

export function queuedTrack(
  track: Omit<Track, 'votes'>,
  votes: number,
  arrival: number,
  place: number,
) {
  const { id, title, artist, duration } = track
  return { id, title, artist, votes, duration, arrival, place } satisfies QueuedTrack
}

export function playedTrack({ id, title, artist, votes, duration }: Track, playedAt: number) {
  return { id, title, artist, votes, duration, playedAt } satisfies PlayedTrack
}

export const MIN_VOTES = -(2 ** 31)
export const MAX_VOTES = 2 ** 31 - 1

/** Queue order: most votes first, then first come. */
export function compareQueued(a: QueuedTrack, b: QueuedTrack): number {
  return b.votes - a.votes || a.arrival - b.arrival || a.place - b.place
}

/** History order: as played. */
export function comparePlayed(a: PlayedTrack, b: PlayedTrack): number {
  return a.playedAt - b.playedAt
}
