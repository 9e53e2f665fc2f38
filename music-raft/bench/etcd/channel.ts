import { createLogger } from '../../../common/logger.ts'
import { createClient, type RpcClient } from '../../../common/rpc-client.ts'
import { plainWording } from '../../../common/rpc-log.ts'
import { type EtcdMethods, etcdService } from './service.ts'

/** A channel to one etcd node. */
export function etcdChannel(address: string): RpcClient<EtcdMethods> {
  const { log } = createLogger({ node: '0', level: 'silent', format: 'json' })
  const identity = { log, node: '0', peer: address, wording: plainWording }
  // etcd hangs up on clients that ask more often than every five seconds whether it is there.
  const channel = { 'grpc.keepalive_time_ms': 3_600_000 }
  return createClient<EtcdMethods>(etcdService, address, { ...identity, channel })
}
