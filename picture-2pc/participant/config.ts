import {
  commonShape,
  directory,
  integer,
  namedAddresses,
  nodeName,
  port,
  readConfig,
} from '../../common/config.ts'

/** Largest picture taken unless MAX_PICTURE_BYTES says otherwise: 32 MiB. */
export const DEFAULT_MAX_PICTURE_BYTES = 33_554_432

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
