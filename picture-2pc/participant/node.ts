import { openDataDirectory } from '../../common/data-directory.ts'
import { tapped } from '../../common/event-stream/tapped.ts'
import type { Fatal, Running } from '../../common/lifecycle.ts'
import type { Logger } from '../../common/logger.ts'
import { startServer } from '../../common/rpc-server.ts'
import { Participant } from '../protocol/participant.ts'
import type { ParticipantRecord } from '../protocol/participant-records.ts'
import type { ParticipantSnapshot, ParticipantState } from '../protocol/participant-state.ts'
import { rpcTap } from '../shell/event-stream/rpc-events.ts'
import { Journal, type OpenedJournal } from '../shell/journal.ts'
import { participantWording } from '../shell/wording.ts'
import { BlobStore } from './blob-store.ts'
import type { ParticipantEnvironment } from './config.ts'
import { DecisionClients } from './decision-clients.ts'
import { Driver } from './driver.ts'
import { Exchanges } from './exchange.ts'
import { birthOf } from './identity.ts'
import { ProtocolCalls } from './protocol-calls.ts'
import { participantServices } from './service.ts'
import { Staging } from './staging.ts'
import { Watching } from './watching.ts'

/** In doubt: the first question after this long, later ones with back-off. */
const INQUIRY = { first: 2000, most: 10_000 }
const MAX_PREPARED = 4096
const GRACE_MS = 3000
/** Longer than the coordinator waits for its client: who is nearer to the silence ends it. */
const STREAM_IDLE_MS = 120_000

type VoteJournal = OpenedJournal<ParticipantRecord, ParticipantSnapshot>

/** What a test may replace. */
export interface ParticipantSeams {
  openJournal?(directory: string): Promise<VoteJournal>
  /** How long a streamed request may pause, milliseconds. */
  readonly streamIdleMs?: number
}

/** Opens the data directory, recovers, and serves. */
export async function openParticipant(
  config: ParticipantEnvironment,
  log: Logger,
  fatal: Fatal,
  {
    openJournal = (directory) => Journal.open(directory),
    streamIdleMs = STREAM_IDLE_MS,
  }: ParticipantSeams = {},
): Promise<Running & { readonly port: number }> {
  const node = config.NODE_NAME
  const data = await openDataDirectory(config.DATA_DIR, node)
  const bornAt = await birthOf(data.path, node, Date.now())
  const { journal, snapshot, records } = await openJournal(data.path)
  const coordinators = config.COORDINATORS.map(({ name }) => name)
  const peers = config.PEERS.filter(({ name }) => name !== node)
  const core = new Participant(
    {
      id: node,
      coordinators,
      peers: peers.map(({ name }) => name),
      inquiry: INQUIRY,
      maxPrepared: MAX_PREPARED,
      bornAt,
    },
    performance.now(),
    snapshot,
    records,
  )
  const blobs = await BlobStore.open(data.path)
  await tidy(core.state, blobs, log)
  const staging = new Staging(blobs)
  const watching = new Watching({
    ...{ node, core },
    space: () => driver.space,
    forcedWrites: () => journal.forcedWrites,
  })
  const wording = tapped(participantWording, rpcTap(watching.log))
  const others = [...config.COORDINATORS, ...peers]
  const decisions = new DecisionClients(node, others, log, wording)
  const driver = new Driver({
    ...{ core, journal, blobs, staging, decisions, log, fatal },
    observe: (event) => watching.observe(event),
    saved: (records, tookMs) => watching.saved(records, tookMs),
  })
  const participants = config.PEERS.map(({ name }) => name)
  const protocol = new ProtocolCalls({ node, participants, driver, staging })
  const exchanges = new Exchanges(protocol, log)
  const server = await startServer({
    ...{ host: config.HOST, port: config.PORT, node, log, wording },
    served: participantServices({
      ...{ node, coordinators, protocol, exchanges, driver, blobs, staging, fatal },
      maxPictureBytes: config.MAX_PICTURE_BYTES,
      streamIdleMs,
      forcedWrites: () => journal.forcedWrites,
      watch: (call) => watching.serve(call),
    }),
  })
  driver.start()
  server.setServing(true)
  const { prepared, pictures } = core.state
  log.info(
    `Node ${node} serves on port ${server.port}: ${pictures.size} pictures, ${prepared.size} transactions in doubt`,
  )
  return {
    port: server.port,
    close: async () => {
      server.setServing(false)
      exchanges.stop()
      watching.close()
      await server.close(GRACE_MS)
      await driver.stop()
      decisions.close()
      await blobs.close()
      await data.close()
    },
  }
}

/**
 * Files that belong to nothing are what a crash left; pictures without a file are damage. Bytes of a
 * transaction in doubt go as soon as it aborts, and the record of that may be lost: then it is asked for
 * again, and no damage.
 */
async function tidy(state: ParticipantState, blobs: BlobStore, log: Logger): Promise<void> {
  const stored = new Map<string, string>()
  for (const [filename, { blob }] of state.pictures) stored.set(blob, filename)
  const staged = [...state.prepared.values()].flatMap(({ blob }) => blob ?? [])
  const { removed, missing } = await blobs.sweep(new Set([...stored.keys(), ...staged]))
  if (removed > 0) log.info(`removed ${removed} files that belong to no picture`)
  for (const blob of missing) {
    const filename = stored.get(blob)
    if (filename === undefined) continue
    log.error(
      { filename },
      `the bytes of ${filename} are gone from this disk: delete the picture or upload it again`,
    )
  }
}
