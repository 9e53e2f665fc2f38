export interface TrackForm {
  readonly id: string
  readonly title: string
  readonly artist: string
  /** `3:05` or seconds. */
  readonly duration: string
}

export interface NewTrack {
  readonly id: string
  readonly title: string
  readonly artist: string
  readonly duration: number
}

const MOST_ID = 128
const MOST_TEXT = 512
const MOST_SECONDS = 86_400

/** The track of a form, or what is wrong with it. The nodes check it again. */
export function trackOfForm(form: TrackForm): NewTrack | string {
  const id = form.id.trim()
  const title = form.title.trim()
  const artist = form.artist.trim()
  const duration = secondsOf(form.duration)
  if (id === '') return 'The id is missing'
  if (bytesOf(id) > MOST_ID) return `The id is longer than ${MOST_ID} bytes`
  if (title === '') return 'The title is missing'
  if (bytesOf(title) > MOST_TEXT) return `The title is longer than ${MOST_TEXT} bytes`
  if (bytesOf(artist) > MOST_TEXT) return `The artist is longer than ${MOST_TEXT} bytes`
  if (duration === null) return 'The length is not one: write 3:05, or seconds'
  if (duration > MOST_SECONDS) return 'The length is more than a day'
  return { id, title, artist, duration }
}

/** Of `3:05`, `1:02:03`, `185` or nothing; null: it is none. */
export function secondsOf(text: string): number | null {
  const trimmed = text.trim()
  if (trimmed === '') return 0
  if (!/^\d{1,6}(:[0-5]?\d){0,2}$/.test(trimmed)) return null
  return trimmed.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length
}
