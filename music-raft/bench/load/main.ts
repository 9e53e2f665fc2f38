import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeIntoCompressedBase64 } from 'hdr-histogram-js'
import { forgetClosedStreams } from '../../../common/closed-streams.ts'
import { type LoadClient, nodeAt, type Worker } from './client.ts'
import { closedLoop, type Hooks } from './closed-loop.ts'
import { connect } from './connect.ts'
import type { LoadOrder, LoadReport } from './messages.ts'

// A process that makes load: connections and compiled code stay warm from one order to the next. It
// ends with its parent.

forgetClosedStreams('client')

interface Caller {
  readonly worker: Worker
  calls: number
}

interface Connection {
  readonly client: LoadClient
  readonly callers: Caller[]
}

const connections = new Map<string, Connection>()

const hooks: Hooks = {
  now: () => performance.now(),
  cpu: () => {
    const { user, system } = process.cpuUsage()
    return user + system
  },
  sleep,
}

function connectionFor({ client: kind, addresses }: LoadOrder): Connection {
  const key = [kind, ...addresses].join(' ')
  const known = connections.get(key)
  if (known !== undefined) return known
  const connection = { client: connect(kind, addresses), callers: [] }
  connections.set(key, connection)
  return connection
}

/** A caller keeps its name, and counts its calls, over all orders: as one client that goes on. */
function callerAt({ callers }: Connection, slot: number): Caller {
  for (let at = callers.length; at <= slot; at++) {
    const clientId = randomUUID()
    callers.push({ worker: { clientId, name: clientId.slice(0, 13) }, calls: 0 })
  }
  return nodeAt(callers, slot)
}

async function carryOut(order: LoadOrder): Promise<LoadReport> {
  const { targets, operation, slots, length } = order
  const connection = connectionFor(order)
  const call = (slot: number): Promise<void> => {
    const caller = callerAt(connection, slot)
    caller.calls += 1
    const node = nodeAt(targets, (slot + caller.calls) % targets.length)
    return connection.client.call(operation, node, caller.worker, caller.calls)
  }
  const { latencies, ...counts } = await closedLoop(call, slots, length, hooks)
  return { ...counts, latencies: encodeIntoCompressedBase64(latencies) }
}

process.on('message', (order: LoadOrder) => {
  carryOut(order).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.once('disconnect', () => process.exit())
