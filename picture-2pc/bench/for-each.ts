/** Works through a list with a number of workers, each told which one it is, from 0. */
export async function forEach<T>(
  items: readonly T[],
  workers: number,
  work: (item: T, worker: number) => Promise<void>,
): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      for (let at = next++; at < items.length; at = next++) {
        const item = items[at]
        if (item !== undefined) await work(item, worker)
      }
    }),
  )
}
