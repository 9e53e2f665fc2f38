import type { StatusResponse } from '../../protos/types/StatusResponse.ts'
import type { Participant } from '../protocol/participant.ts'
import type { Space } from '../protocol/participant-io.ts'
import { WIRE_OPERATION } from '../shell/wire.ts'

const MAX_LISTED = 1000

/** What the participant holds, and in doubt about what. */
export function readStatus(
  { state }: Participant,
  node: string,
  space: Space,
  forcedWrites: number,
): StatusResponse {
  const inDoubt = [...state.prepared.values()]
    .slice(0, MAX_LISTED)
    .map(({ transactionId, coordinatorId, filename, operation, preparedAt }) => ({
      ...{ transactionId, coordinatorId, filename, preparedAt },
      operation: WIRE_OPERATION[operation.kind],
    }))
  const { user, system } = process.cpuUsage()
  return {
    node,
    pictures: state.pictures.size,
    inDoubt,
    inDoubtTotal: state.prepared.size,
    forcedWrites,
    cpuMicros: user + system,
    residentBytes: process.memoryUsage.rss(),
    diskFull: space !== 'plenty',
  }
}
