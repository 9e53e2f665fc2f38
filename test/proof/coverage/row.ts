/** One thing that must be tested, or the reason why it is not. */
export interface Row {
  /** An id, or the name that the test has where it comes from. */
  readonly id: string
  /** In our own words; '' where the name says it. */
  readonly what: string
  /** Why there is no test, or none that a title would find. */
  readonly reason: string | null
  /** Pieces of titles that find its tests; without any, the id does. */
  readonly find: readonly string[]
}

export interface Group {
  readonly id: string
  readonly title: string
  readonly rows: readonly Row[]
}

type Given = Partial<Omit<Row, 'id' | 'what'>>

/** A row that its id finds, or what is given instead. */
export function row(id: string, what: string, given: Given = {}): Row {
  return { id, what, reason: null, find: [], ...given }
}

/** Rows of tests that keep the names they have elsewhere. */
export function named(names: string, what = ''): Row[] {
  return words(names).map((id) => row(id, what))
}

/** As they are called in Go, where a test's name begins with Test. */
export function tests(names: string): Row[] {
  return words(names).map((name) => row(`Test${name}`, ''))
}

/** Rows of what this design has not. */
export function notApplicable(names: string, because: string): Row[] {
  return words(names).map((id) => row(id, '', { reason: `not applicable: ${because}` }))
}

/** Found by these pieces of titles. */
export function by(...find: string[]): Given {
  return { find }
}

export function because(reason: string): Given {
  return { reason }
}

function words(names: string): string[] {
  return names.split(/\s+/).filter((name) => name !== '')
}
