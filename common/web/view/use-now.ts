import { signal } from '@preact/signals'

/** This page's clock, for ages: set every half second, so that all of them step together. */
export const now = signal(Date.now())

/** Call once. */
export function beginClock(): void {
  setInterval(() => {
    now.value = Date.now()
  }, 500)
}
