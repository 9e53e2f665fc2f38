import type { MessageTypeDefinition, PackageDefinition } from '@grpc/proto-loader'
import { CodedError } from '../errors.ts'
import { type FieldKind, refuseField, SCALARS } from './proto-fields.ts'

/** A message as proto-loader keeps it: every field, names in camelCase. */
type Message = Readonly<Record<string, unknown>>

interface Field {
  /** As messages have it. */
  readonly name: string
  /** As the proto has it. */
  readonly protoName: string
  readonly isList: boolean
  readonly kind: FieldKind
}

/** A message type as proto-loader describes it: what counts here. */
interface Descriptor {
  readonly field: readonly { name: string; type: string; typeName: string; label: string }[]
}

/** The type of a request or a response, as a method's definition has it. */
export type MessageType = Pick<MessageTypeDefinition<object, object>, 'type'>

/**
 * One message type as proto3 JSON, written with the field names of the proto and every field. Reads
 * camelCase names too, and refuses fields that it does not know. For messages that do not hold
 * themselves; throws where a field is of a kind that is not known here.
 */
export class ProtoJson {
  readonly #fields: readonly Field[]
  readonly #byName: ReadonlyMap<string, Field>

  /** `siblings`: where the types are that its fields name. */
  constructor({ type }: MessageType, siblings: PackageDefinition) {
    this.#fields = (type as unknown as Descriptor).field.map((field) => ({
      name: field.name,
      protoName: field.name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      isList: field.label === 'LABEL_REPEATED',
      kind:
        field.type === 'TYPE_MESSAGE'
          ? nested(field.typeName, siblings)
          : scalar(field.type, field.name),
    }))
    this.#byName = new Map(
      this.#fields.flatMap((field) => [
        [field.name, field],
        [field.protoName, field],
      ]),
    )
  }

  /** Throws CodedError INVALID_ARGUMENT. */
  read(json: unknown): Message {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      throw new CodedError('INVALID_ARGUMENT', 'the body must be an object')
    }
    const given = new Map<Field, unknown>()
    for (const [name, value] of Object.entries(json)) {
      const field = this.#byName.get(name)
      if (field === undefined) {
        const known = this.#fields.map(({ protoName }) => protoName).join(', ') || 'none'
        const shown = JSON.stringify(name.slice(0, 64))
        throw new CodedError('INVALID_ARGUMENT', `there is no field ${shown}; there are ${known}`)
      }
      if (given.has(field)) refuseField(field.protoName, 'must be given once')
      given.set(field, value)
    }
    return Object.fromEntries(
      this.#fields.map((field) => {
        const { name, protoName, kind } = field
        const value = given.get(field) ?? null
        return [name, value === null ? kind.none : kind.read(value, protoName)]
      }),
    )
  }

  /** Fields that the message lacks get the value that stands for nothing. */
  write(message: Message): object {
    return Object.fromEntries(
      this.#fields.map(({ name, protoName, isList, kind }) => {
        const value = message[name]
        if (isList) return [protoName, ((value ?? []) as unknown[]).map((each) => kind.write(each))]
        return [protoName, kind.write(value ?? kind.none)]
      }),
    )
  }
}

function scalar(type: string, name: string): FieldKind {
  const kind = SCALARS[type]
  if (kind === undefined) throw new Error(`field ${name} is of ${type}, which has no JSON here`)
  return kind
}

function nested(typeName: string, siblings: PackageDefinition): FieldKind {
  const wanted = typeName.split('.').at(-1)
  const [, type] =
    Object.entries(siblings).find(([name]) => name.split('.').at(-1) === wanted) ?? []
  if (type === undefined || !('type' in type)) throw new Error(`there is no message ${typeName}`)
  const json = new ProtoJson(type as MessageType, siblings)
  return {
    none: {},
    read: (_value, name) => refuseField(name, 'cannot be given as JSON'),
    write: (value) => json.write(value as Message),
  }
}
