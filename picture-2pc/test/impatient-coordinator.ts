import { configured, live } from '../../common/lifecycle.ts'
import { createLogger } from '../../common/logger.ts'
import { readCoordinatorConfig } from '../coordinator/config.ts'
import { openCoordinator } from '../coordinator/node.ts'

// The coordinator as shipped, but that a test need not wait 15 s for it to lose patience.
const config = configured(process, () => readCoordinatorConfig(process.env))
const { log, flush } = createLogger({
  node: config.NODE_NAME,
  level: config.LOG_LEVEL,
  format: config.LOG_FORMAT,
})

await live({
  ...{ process, log, flush },
  start: (fatal) => openCoordinator(config, log, fatal, { bodyIdleMs: 1000 }),
})
