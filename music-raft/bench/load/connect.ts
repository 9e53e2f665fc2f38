import type { ClientKind, LoadClient } from './client.ts'
import { EchoClient } from './echo-client.ts'
import { EtcdClient } from './etcd-client.ts'
import { MusicRaftClient } from './music-raft-client.ts'

export function connect(kind: ClientKind, addresses: readonly string[]): LoadClient {
  if (kind === 'music-raft') return new MusicRaftClient(addresses)
  if (kind === 'etcd') return new EtcdClient(addresses)
  return new EchoClient(addresses, kind)
}
