/** Says what is wrong; the run ends with it. */
export type Fail = (what: string) => void
