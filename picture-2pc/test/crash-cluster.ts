import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createLogger } from '../../common/logger.ts'
import { createClient, type RpcClient } from '../../common/rpc-client.ts'
import { plainWording } from '../../common/rpc-log.ts'
import type { DecisionServiceDefinition } from '../../protos/types/coordinator/DecisionService.ts'
import type { PictureServiceDefinition } from '../../protos/types/PictureService.ts'
import { Child, eventually } from '../../test/child.ts'
import { decisionService, pictureService } from '../shell/wire.ts'
import { type ClusterOptions, PictureCluster } from './cluster.ts'

export const MAINS = {
  coordinatorMain: 'picture-2pc/test/crash-coordinator-main.js',
  participantMain: 'picture-2pc/test/crash-participant-main.js',
} as const

/** Votes may take long on a busy machine; an acknowledgement that is late only says so. */
export const PATIENCE = { VOTE_TIMEOUT_MS: '3000', ACK_TIMEOUT_MS: '800' } as const

/** A cluster whose processes can be told where to die. */
export function startCrashCluster(options: ClusterOptions = {}): Promise<PictureCluster> {
  return PictureCluster.start({ ...MAINS, ...options, env: { ...PATIENCE, ...options.env } })
}

/** Tells a running process (of `MAINS`) where to die; see CrashPoint. */
export async function arm(cluster: PictureCluster, child: Child, point: string): Promise<void> {
  const from = child.lines.length
  await writeFile(join(cluster.folder, `${child.name}.crash`), point)
  child.signal('SIGUSR2')
  await child.line(/^crash point armed: /, { from })
}

/** Resolves when the process has died, from itself or from a kill. */
export async function dead(...children: readonly Child[]): Promise<void> {
  for (const child of children) {
    await eventually(`${child.name} has died`, () => !child.running)
  }
}

/** Starts whatever does not run, and waits until all transactions are over everywhere. */
export async function heal(cluster: PictureCluster, within = 15_000): Promise<void> {
  for (const child of cluster.all) child.signal('SIGCONT')
  for (const child of cluster.all) if (!child.running) child.start()
  await cluster.ready()
  await settled(cluster, within)
}

/** Waits until no participant is in doubt and the coordinator has no commit to deliver. */
export async function settled(cluster: PictureCluster, within = 15_000): Promise<void> {
  const over = async () => (await cluster.inDoubt()) === 0 && (await committing(cluster)) === 0
  // A test process that was busy with others' lines finds its connection closed: it asks again.
  await eventually(
    'nothing is in doubt or to be delivered',
    () => over().catch(() => false),
    within,
  )
}

/** Commits that the coordinator still has to deliver. */
export async function committing(cluster: PictureCluster): Promise<number> {
  return metric(cluster, 'picture_transactions_committing')
}

/** One number of the coordinator's metrics. */
export async function metric(cluster: PictureCluster, name: string): Promise<number> {
  const { body } = await cluster.get('/metrics')
  const lines = String(body['text']).split('\n')
  const line = lines.find((each) => each.startsWith(`${name} `))
  assert.ok(line !== undefined, `no metric ${name}`)
  return Number(line.slice(name.length))
}

export interface Held {
  readonly likes: number
  readonly sha256: string
}

/** What one participant holds, read from it: names, likes and bytes. */
export async function holdings(
  cluster: PictureCluster,
  name: string,
): Promise<ReadonlyMap<string, Held>> {
  const client = pictureClient(cluster, name)
  try {
    const { pictures } = await client.unary('List', {}, { deadlineMs: 5000 })
    const held = new Map<string, Held>()
    for (const [filename, { likes }] of Object.entries(pictures).sort(byName)) {
      const { data, found } = await client.unary('Download', { filename }, { deadlineMs: 5000 })
      assert.ok(found, `${name} lists ${filename} and does not have it`)
      held.set(filename, { likes, sha256: createHash('sha256').update(data).digest('hex') })
    }
    return held
  } finally {
    client.close()
  }
}

/** Fails unless all participants hold the same pictures; returns what they hold. */
export async function agreement(cluster: PictureCluster): Promise<ReadonlyMap<string, Held>> {
  const [first, ...others] = await Promise.all(
    cluster.participants.map(({ name }) => holdings(cluster, name)),
  )
  assert.ok(first !== undefined)
  for (const other of others) assert.deepEqual([...other], [...first], 'participants disagree')
  return first
}

/** Fails when a participant's disk holds a file that belongs to no picture (after a restart). */
export async function assertNoStrayFiles(cluster: PictureCluster): Promise<void> {
  for (const { name } of cluster.participants) {
    const { size } = await holdings(cluster, name)
    // Files go behind the decisions that make them useless.
    await eventually(`${name} has a file for each of ${size} pictures and no other`, async () => {
      return (await readdir(join(cluster.folder, name, 'pictures'))).length === size
    })
  }
}

/** The shipped processes on the data of a cluster whose own processes do not run. */
export function shippedOver(cluster: PictureCluster): Child[] {
  const http = new URL(cluster.url).port
  const names = cluster.participants.map(({ name }) => name)
  const peers = names
    .map((name, index) => `${name}=127.0.0.1:${cluster.participantPorts[index]}`)
    .join(',')
  const common = { HOST: '127.0.0.1', ...PATIENCE }
  const participants = names.map(
    (name, index) =>
      new Child(name, 'picture-2pc/participant/main.js', {
        NODE_NAME: name,
        PORT: String(cluster.participantPorts[index]),
        COORDINATORS: `http-node1=127.0.0.1:${cluster.coordinatorGrpcPort}`,
        PEERS: peers,
        DATA_DIR: join(cluster.folder, name),
        ...common,
      }),
  )
  const coordinator = new Child('http-node1', 'picture-2pc/coordinator/main.js', {
    NODE_NAME: 'http-node1',
    PORT: http,
    GRPC_PORT: String(cluster.coordinatorGrpcPort),
    PARTICIPANTS: peers,
    DATA_DIR: join(cluster.folder, 'http-node1'),
    ...common,
  })
  return [...participants, coordinator]
}

const { log } = createLogger({
  node: 'test',
  level: 'silent',
  format: 'json',
  destination: { write: () => undefined },
})

/** A client of one participant's PictureService. The caller closes it. */
export function pictureClient(
  cluster: PictureCluster,
  name: string,
): RpcClient<PictureServiceDefinition> {
  const address = addressOf(cluster, name)
  return createClient(pictureService, address, {
    ...{ log, node: 'test', peer: name, wording: plainWording },
  })
}

/** A client of a process's DecisionService. The caller closes it. */
export function decisionClient(address: string): RpcClient<DecisionServiceDefinition> {
  return createClient(decisionService, address, {
    ...{ log, node: 'test', peer: address, wording: plainWording },
  })
}

export function addressOf(cluster: PictureCluster, name: string): string {
  const index = cluster.participants.findIndex((child) => child.name === name)
  return `127.0.0.1:${cluster.participantPorts[index]}`
}

/** The code by which a participant refused a call; null when it did not. */
export async function refusal(call: Promise<unknown>): Promise<string | null> {
  try {
    await call
    return null
  } catch (error) {
    const { metadata } = error as { metadata?: { get(key: string): readonly unknown[] } }
    return String(metadata?.get('x-error-code')[0] ?? error)
  }
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}
