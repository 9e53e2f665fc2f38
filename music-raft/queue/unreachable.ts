/** Ends a `switch` over a union: a new member then fails to compile until it has an arm. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}
