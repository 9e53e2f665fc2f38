import type { MethodDefinition } from '@grpc/proto-loader'
import { ProtoJson } from '../../../common/http/proto-json.ts'
import type { Served } from '../../../common/rpc-server.ts'

/** A method as it is called over HTTP. */
export interface HttpMethod {
  readonly name: string
  /** Whether it may take effect: then it is logged like the same call over gRPC. */
  readonly changes: boolean
  /** Whether its request has `offset` and `limit`. */
  readonly isList: boolean
  readonly request: ProtoJson
  readonly response: ProtoJson
  readonly handler: Served['handlers'][string]
  /** Of an answer that the leader encoded. */
  decode(bytes: Buffer): object
}

const READS: ReadonlySet<string> = new Set(['GetQueue', 'GetHistory', 'GetMetadata', 'Status'])

/** The unary methods of a service, by name. */
export function httpMethods({ service, handlers }: Served): ReadonlyMap<string, HttpMethod> {
  const { definition, packageDefinition } = service
  const methods = new Map<string, HttpMethod>()
  for (const [name, method] of Object.entries(definition)) {
    const { requestType, responseType, responseDeserialize, responseStream } =
      method as unknown as MethodDefinition<object, object>
    const handler = handlers[name]
    if (responseStream || handler === undefined) continue
    const request = new ProtoJson(requestType, packageDefinition)
    methods.set(name, {
      ...{ name, handler, request },
      response: new ProtoJson(responseType, packageDefinition),
      changes: !READS.has(name),
      isList: name === 'GetQueue' || name === 'GetHistory',
      decode: (bytes) => responseDeserialize(bytes),
    })
  }
  return methods
}
