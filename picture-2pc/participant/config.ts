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
  NODE_NAME: nodeName(),
  PORT: port(50051),
  COORDINATORS: namedAddresses(),
  PEERS: namedAddresses(),
  DATA_DIR: directory(),
  MAX_PICTURE_BYTES: integer(1, 1024 ** 3, DEFAULT_MAX_PICTURE_BYTES),
}

export type ParticipantEnvironment = ReturnType<typeof readParticipantConfig>

/** Throws ConfigError naming each variable that is wrong. */
export function readParticipantConfig(environment: Readonly<Record<string, string | undefined>>) {
  return readConfig(environment, shape)
}
