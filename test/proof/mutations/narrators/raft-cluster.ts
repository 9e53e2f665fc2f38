import type { NodeId } from '../../../../music-raft/raft/messages.ts'
import type { Cluster } from '../../../../music-raft/raft/test/cluster.ts'
import { tell } from './tell.ts'

type Base = typeof Cluster

const names = (ids: readonly NodeId[]) => ids.map((id) => `n${id}`).join(' ')

/** A cluster that tells what befalls it. */
export function narrated(base: Base): Base {
  return class extends base {
    override partition(...groups: readonly (readonly NodeId[])[]): void {
      tell(`   the network falls apart: ${groups.map(names).join(' | ')}`)
      super.partition(...groups)
    }

    override heal(): void {
      tell('   the network is whole')
      super.heal()
    }

    override crash(id: NodeId): void {
      tell(`   n${id} crashes`)
      super.crash(id)
    }

    override wipe(id: NodeId): void {
      tell(`   n${id} loses its disk and is restarted`)
      super.wipe(id)
    }
  }
}
