import { configured, live } from '../../../common/lifecycle.ts'
import { createLogger } from '../../../common/logger.ts'
import { readRaftConfig } from '../../server/config.ts'
import { openRaftNode } from '../../server/node.ts'
import { slowDisk } from './slow-disk.ts'

// The shipped node, but its disk can be told to be slow.
const config = configured(process, () => readRaftConfig(process.env))
const { log, flush } = createLogger({
  node: String(config.id),
  level: config.LOG_LEVEL,
  format: config.LOG_FORMAT,
})
const fileSystem = slowDisk(process.env['DISK_ORDERS'] ?? '')

await live({
  ...{ process, log, flush },
  start: (fatal) => openRaftNode(config, log, fatal, { fileSystem }),
})
