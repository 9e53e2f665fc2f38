/** Calls at most once in that time, the last time included. */
export function throttled(ms: number, act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null
  let last = 0
  const run = () => {
    timer = null
    last = performance.now()
    act()
  }
  return () => {
    if (timer !== null) return
    const wait = Math.max(0, last + ms - performance.now())
    timer = setTimeout(run, wait)
  }
}
