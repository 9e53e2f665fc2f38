import { configured, live } from '../../common/lifecycle.ts'
import { createLogger } from '../../common/logger.ts'
import { readParticipantConfig } from '../participant/config.ts'
import { openParticipant } from '../participant/node.ts'

// The participant as shipped, but that a test need not wait 20 s for it to lose patience.
const config = configured(process, () => readParticipantConfig(process.env))
const { log, flush } = createLogger({
  node: config.NODE_NAME,
  level: config.LOG_LEVEL,
  format: config.LOG_FORMAT,
})

await live({
  ...{ process, log, flush },
  start: (fatal) => openParticipant(config, log, fatal, { streamIdleMs: 1500 }),
})
