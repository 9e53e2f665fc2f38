import { config } from './config.ts'
import { files } from './files.ts'
import { http } from './http.ts'
import { protos } from './protos.ts'
import { queue } from './queue.ts'
import { raftDisk } from './raft-disk.ts'
import { raftHttp } from './raft-http.ts'
import { raftWire } from './raft-wire.ts'
import { recordLog } from './record-log.ts'
import type { Target } from './target.ts'
import { streamed } from './tracks.ts'

/** Every decoder that reads bytes from outside or from disk. */
export const targets: readonly Target[] = [
  ...raftWire,
  ...protos,
  ...queue,
  ...streamed,
  ...recordLog,
  ...raftDisk,
  ...files,
  ...config,
  ...http,
  ...raftHttp,
]
