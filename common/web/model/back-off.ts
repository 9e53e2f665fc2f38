export interface BackOffOptions {
  readonly firstMs: number
  readonly mostMs: number
}

/** How long to wait before the next attempt: doubled each time, and spread so that many do not meet. */
export function backOffMs(
  failures: number,
  { firstMs, mostMs }: BackOffOptions,
  chance: () => number,
): number {
  const doubled = Math.min(mostMs, firstMs * 2 ** Math.min(30, Math.max(0, failures - 1)))
  return Math.round(doubled * (0.75 + 0.5 * chance()))
}
