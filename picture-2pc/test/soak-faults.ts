import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from '../../test/child.ts'
import type { Random } from './soak-random.ts'

const KINDS = ['kill', 'pause', 'kill', 'restart'] as const

/** How often each fault struck. */
export type FaultCounts = Record<(typeof KINDS)[number], number>

/**
 * Strikes processes at random until the signal: kills (SIGKILL), pauses (SIGSTOP, 0.2 to 3 s) and
 * orderly restarts (SIGTERM). Several can be down at a time; whoever was struck comes back by itself.
 */
export async function strike(
  children: readonly Child[],
  random: Random,
  signal: AbortSignal,
): Promise<FaultCounts> {
  const counts: FaultCounts = { kill: 0, pause: 0, restart: 0 }
  const struck = new Set<Child>()
  const running: Promise<void>[] = []
  for (let count = 0; !signal.aborted; count++) {
    await sleep(random.between(300, 2500))
    const kind = KINDS[count % KINDS.length] ?? 'kill'
    // Every role has its turn also in a short run: the coordinator is last.
    const child = count % 4 === 0 ? children.at(-1) : random.pick(children)
    const down = kind === 'pause' ? random.between(200, 3000) : random.between(0, 800)
    if (child === undefined || struck.has(child)) continue
    struck.add(child)
    counts[kind] += 1
    running.push(suffer(child, kind, down).finally(() => struck.delete(child)))
  }
  await Promise.all(running)
  return counts
}

async function suffer(child: Child, kind: keyof FaultCounts, down: number): Promise<void> {
  if (kind === 'pause') {
    child.signal('SIGSTOP')
    await sleep(down)
    child.signal('SIGCONT')
    return
  }
  await child.end(kind === 'kill' ? 'SIGKILL' : 'SIGTERM')
  await sleep(down)
  child.start()
}
