import { CodedError } from '../errors.ts'

/** How a field's value stands in proto3 JSON. */
export interface FieldKind {
  /** The value of a field that is absent. */
  readonly none: unknown
  /** Throws CodedError INVALID_ARGUMENT, which names the field. */
  read(value: unknown, name: string): unknown
  write(value: unknown): unknown
}

/** The kinds of fields there are in what is served as JSON. */
export const SCALARS: Readonly<Record<string, FieldKind>> = {
  TYPE_STRING: {
    none: '',
    read: (value, name) =>
      typeof value === 'string' ? value : refuseField(name, 'must be a string'),
    write: (value) => value,
  },
  TYPE_BOOL: {
    none: false,
    read: (value, name) =>
      typeof value === 'boolean' ? value : refuseField(name, 'must be true or false'),
    write: (value) => value,
  },
  TYPE_INT32: {
    none: 0,
    read: (value, name) => whole(value, name, -(2 ** 31), 2 ** 31 - 1),
    write: (value) => value,
  },
  // What JavaScript cannot count exactly is refused here, and never sent by a server of ours.
  TYPE_INT64: {
    none: 0,
    read: (value, name) => whole(value, name, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    write: (value) => String(value),
  },
}

function whole(value: unknown, name: string, least: number, most: number): number {
  const isText = typeof value === 'string' && /^-?\d{1,19}$/.test(value)
  const number = isText ? Number(value) : value
  if (Number.isSafeInteger(number) && Number(number) >= least && Number(number) <= most) {
    return Number(number)
  }
  return refuseField(name, `must be a whole number from ${least} to ${most}`)
}

export function refuseField(name: string, rule: string): never {
  throw new CodedError('INVALID_ARGUMENT', `${name} ${rule}`)
}
