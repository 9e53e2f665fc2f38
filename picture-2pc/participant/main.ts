import '../../common/optimize-early.ts'
import { configured, live } from '../../common/lifecycle.ts'
import { createLogger } from '../../common/logger.ts'
import { readParticipantConfig } from './config.ts'
import { openParticipant } from './node.ts'

const config = configured(process, () => readParticipantConfig(process.env))
const { log, flush } = createLogger({
  node: config.NODE_NAME,
  level: config.LOG_LEVEL,
  format: config.LOG_FORMAT,
})

await live({ process, log, flush, start: (fatal) => openParticipant(config, log, fatal) })
