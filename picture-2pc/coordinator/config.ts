import {
  commonShape,
  directory,
  integer,
  namedAddresses,
  nodeName,
  port,
  readConfig,
} from '../../common/config.ts'
import { DEFAULT_MAX_PICTURE_BYTES } from '../shell/limits.ts'

const shape = {
  ...commonShape,
  NODE_NAME: nodeName('http-node1'),
  PORT: port(5000),
  GRPC_PORT: port(50050),
  PARTICIPANTS: namedAddresses(),
  DATA_DIR: directory(),
  VOTE_TIMEOUT_MS: integer(50, 60_000, 2000),
  ACK_TIMEOUT_MS: integer(50, 60_000, 2000),
  MAX_PICTURE_BYTES: integer(1, 1024 ** 3, DEFAULT_MAX_PICTURE_BYTES),
}

export type CoordinatorEnvironment = ReturnType<typeof readCoordinatorConfig>

/** Throws ConfigError naming each variable that is wrong. */
export function readCoordinatorConfig(environment: Readonly<Record<string, string | undefined>>) {
  return readConfig(environment, shape)
}
