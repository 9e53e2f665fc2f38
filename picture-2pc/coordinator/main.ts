import '../../common/optimize-early.ts'
import { configured, live } from '../../common/lifecycle.ts'
import { createLogger } from '../../common/logger.ts'
import { readCoordinatorConfig } from './config.ts'
import { openCoordinator } from './node.ts'

const config = configured(process, () => readCoordinatorConfig(process.env))
const { log, flush } = createLogger({
  node: config.NODE_NAME,
  level: config.LOG_LEVEL,
  format: config.LOG_FORMAT,
})

await live({ process, log, flush, start: (fatal) => openCoordinator(config, log, fatal) })
