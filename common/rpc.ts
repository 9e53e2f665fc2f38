import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ServiceDefinition } from '@grpc/grpc-js'
import { loadSync, type MethodDefinition, type PackageDefinition } from '@grpc/proto-loader'

/** Messages from other processes are read up to this size; larger data travels in chunks. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024

/** Metadata key under which a node of this system tells its name; only for log lines. */
export const CALLER = 'x-node'

/** The methods of a generated service definition. */
export type MethodName<D> = keyof {
  [M in keyof D as string extends M ? never : number extends M ? never : M]: true
} &
  string

/** What a client sends to a method: fields may be left out. */
export type RequestOf<D, M extends keyof D> =
  D[M] extends MethodDefinition<infer Q, infer _R, infer _QO, infer _RO> ? Q : never
/** What a server receives: every field has a value. */
export type ReceivedOf<D, M extends keyof D> =
  D[M] extends MethodDefinition<infer _Q, infer _R, infer QO, infer _RO> ? QO : never
/** What a server answers. */
export type ReplyOf<D, M extends keyof D> =
  D[M] extends MethodDefinition<infer _Q, infer R, infer _QO, infer _RO> ? R : never
/** What a client gets back. */
export type AnswerOf<D, M extends keyof D> =
  D[M] extends MethodDefinition<infer _Q, infer _R, infer _QO, infer RO> ? RO : never

/** A service as loaded: its definition, typed by what was generated from the same file. */
export interface Service<D> {
  readonly definition: ServiceDefinition & D
  readonly packageDefinition: PackageDefinition
}

/**
 * Loads one service of `protos/`. 64-bit integers become numbers: whoever receives one checks that it
 * is a safe integer before it counts for anything.
 */
export function loadService<D>(file: string, name: string): Service<D> {
  const packageDefinition = loadSync(file, {
    includeDirs: [protoFolder()],
    longs: Number,
    enums: String,
    defaults: true,
    oneofs: true,
  })
  const definition = packageDefinition[name]
  if (definition === undefined || 'format' in definition) {
    throw new Error(`${file} has no service ${name}`)
  }
  return { definition: definition as unknown as ServiceDefinition & D, packageDefinition }
}

/** The folder of the protos lies beside the sources and, after a build, one level further up. */
function protoFolder(): string {
  const candidates = ['../protos', '../../protos'].map((path) => join(import.meta.dirname, path))
  const found = candidates.find((path) => existsSync(join(path, 'picture.proto')))
  if (found === undefined) throw new Error(`no protos folder at ${candidates.join(' or ')}`)
  return found
}
