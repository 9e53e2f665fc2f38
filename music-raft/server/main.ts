import '../../common/optimize-early.ts'
import { configured, live } from '../../common/lifecycle.ts'
import { createLogger } from '../../common/logger.ts'
import { readRaftConfig } from './config.ts'
import { openRaftNode } from './node.ts'

const config = configured(process, () => readRaftConfig(process.env))
const { log, flush } = createLogger({
  node: String(config.id),
  level: config.LOG_LEVEL,
  format: config.LOG_FORMAT,
})

await live({ process, log, flush, start: (fatal) => openRaftNode(config, log, fatal) })
