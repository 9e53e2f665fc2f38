import { type EtcdMethods, etcdService } from '../etcd/service.ts'
import { type LoadClient, nodeAt, type Operation, READ_ID, type Worker } from './client.ts'
import { UnaryCalls } from './unary-calls.ts'

const VALUE = Buffer.alloc(100, 'v')

/** etcd's KV service, called in the same way as ours. */
export class EtcdClient implements LoadClient {
  readonly #nodes: readonly UnaryCalls<EtcdMethods>[]

  constructor(addresses: readonly string[]) {
    this.#nodes = addresses.map((address) => new UnaryCalls(etcdService, address))
  }

  async call(operation: Operation, node: number, worker: Worker, index: number): Promise<void> {
    const client = nodeAt(this.#nodes, node)
    if (operation === 'read') {
      const { kvs } = await client.call('Range', { key: READ })
      if (!Array.isArray(kvs) || kvs.length !== 1)
        throw new Error('the key to be read is not there')
      return
    }
    const key = keyOf(operation, worker, index)
    await client.call('Put', { key, value: VALUE })
  }

  close(): void {
    for (const node of this.#nodes) node.close()
  }
}

const READ = Buffer.from(READ_ID)

function keyOf(operation: Operation, { name }: Worker, index: number): Buffer {
  if (operation === 'prepare') return READ
  if (operation === 'play' || operation === 'streamed') throw new Error(`etcd has no ${operation}`)
  return Buffer.from(`${name}-${operation === 'write' ? index : 1}`)
}
