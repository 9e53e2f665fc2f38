export interface Viewport {
  readonly top: number
  readonly height: number
  readonly rowHeight: number
  readonly count: number
}

/** Rows drawn beyond each edge, so that scrolling does not show holes. */
const BEYOND = 6

/** Which rows of a list exist: those in sight and a few around them. `end` is the first that does not. */
export function windowOf({ top, height, rowHeight, count }: Viewport): {
  readonly first: number
  readonly end: number
} {
  const end = Math.min(count, Math.ceil((top + height) / rowHeight) + BEYOND)
  const first = Math.max(0, Math.min(Math.floor(top / rowHeight) - BEYOND, end))
  return { first, end }
}
