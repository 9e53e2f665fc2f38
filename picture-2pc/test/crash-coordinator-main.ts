import { configured, live } from '../../common/lifecycle.ts'
import { createLogger } from '../../common/logger.ts'
import { readCoordinatorConfig } from '../coordinator/config.ts'
import type { CoordinatorSnapshot } from '../coordinator/driver.ts'
import { openCoordinator } from '../coordinator/node.ts'
import type { CoordinatorRecord } from '../protocol/coordinator-io.ts'
import { Journal } from '../shell/journal.ts'
import { keepHistory } from './crash-history.ts'
import { CrashPoint } from './crash-point.ts'

// The shipped coordinator, but it can be told where to die, and its whole log is kept.
const config = configured(process, () => readCoordinatorConfig(process.env))
const point = new CrashPoint(process.env['ORDERS'] ?? `${config.DATA_DIR}.crash`)
const { log, flush } = createLogger({
  node: config.NODE_NAME,
  level: config.LOG_LEVEL,
  format: config.LOG_FORMAT,
  destination: point.destination,
})
const openJournal = async (directory: string) =>
  keepHistory(
    point.around(await Journal.open<CoordinatorRecord, CoordinatorSnapshot>(directory)),
    directory,
    process.env['HISTORY_DIR'],
  )

await live({
  ...{ process, log, flush },
  start: (fatal) => openCoordinator(config, log, fatal, { openJournal }),
})
