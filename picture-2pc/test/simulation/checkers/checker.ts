import type { World } from '../world.ts'

/** Looks at a world that has come to rest. Null: nothing wrong. */
export type Checker = (world: World) => string | null
