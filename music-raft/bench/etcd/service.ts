import { join } from 'node:path'
import type { ServiceDefinition } from '@grpc/grpc-js'
import { loadSync, type MethodDefinition } from '@grpc/proto-loader'

const PROTO = join(import.meta.dirname, '../../../../music-raft/bench/etcd/etcd.proto')

type Answer = Readonly<Record<string, unknown>>

/** The methods of both services that are used; a channel does not mind whose they are. */
export interface EtcdMethods {
  readonly Put: MethodDefinition<object, object, object, Answer>
  readonly Range: MethodDefinition<object, object, object, { readonly kvs: unknown }>
  readonly Status: MethodDefinition<object, object, object, Answer>
}

const loaded = loadSync(PROTO, { longs: Number, defaults: true })

/** etcd's KV and Maintenance in one. */
export const etcdService = {
  definition: {
    ...(loaded['etcdserverpb.KV'] as object),
    ...(loaded['etcdserverpb.Maintenance'] as object),
  } as ServiceDefinition & EtcdMethods,
  packageDefinition: loaded,
}
