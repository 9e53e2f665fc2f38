import { configured, live } from '../../common/lifecycle.ts'
import { createLogger } from '../../common/logger.ts'
import { readParticipantConfig } from '../participant/config.ts'
import { openParticipant } from '../participant/node.ts'
import type { ParticipantRecord } from '../protocol/participant-records.ts'
import type { ParticipantSnapshot } from '../protocol/participant-state.ts'
import { Journal } from '../shell/journal.ts'
import { keepHistory } from './crash-history.ts'
import { CrashPoint } from './crash-point.ts'

// The shipped participant, but it can be told where to die, and its whole log is kept.
const config = configured(process, () => readParticipantConfig(process.env))
const point = new CrashPoint(process.env['ORDERS'] ?? `${config.DATA_DIR}.crash`)
const { log, flush } = createLogger({
  node: config.NODE_NAME,
  level: config.LOG_LEVEL,
  format: config.LOG_FORMAT,
  destination: point.destination,
})
const openJournal = async (directory: string) =>
  keepHistory(
    point.around(await Journal.open<ParticipantRecord, ParticipantSnapshot>(directory)),
    directory,
    process.env['HISTORY_DIR'],
  )

await live({
  ...{ process, log, flush },
  start: (fatal) => openParticipant(config, log, fatal, { openJournal }),
})
