/**
 * Time and turns of the event loop, as whoever waits asks for them: a node so runs as well under a
 * time that a test makes, where hours pass in a moment and nothing depends on the machine.
 */
export interface Clock {
  /** Milliseconds since some moment; never falls. */
  now(): number
  /** Runs once after so many milliseconds; what is returned cancels it. */
  after(ms: number, run: () => void): () => void
  /** Runs again and again; what is returned ends it. */
  every(ms: number, run: () => void): () => void
  /** Runs in the next turn of the event loop, after what has arrived in this one. */
  soon(run: () => void): void
}

/** The machine's own. */
export const machineClock: Clock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  every: (ms, run) => {
    const timer = setInterval(run, ms)
    return () => clearInterval(timer)
  },
  soon: (run) => void setImmediate(run),
}

/** Resolves after so many milliseconds; with a signal, also as soon as that is aborted. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve()
      return
    }
    const done = () => {
      cancel()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.after(ms, done)
    signal?.addEventListener('abort', done)
  })
}

/** Resolves in the next turn of the event loop. */
export function nextTurn(clock: Clock): Promise<void> {
  return new Promise((resolve) => clock.soon(resolve))
}
