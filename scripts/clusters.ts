import { join } from 'node:path'

/** One process of a cluster, as it runs on this machine without containers. */
export interface Member {
  readonly name: string
  /** Path of its compiled main, relative to the build folder. */
  readonly main: string
  /** The ports it listens on: what for, and which. */
  readonly ports: Readonly<Record<string, number>>
  readonly env: Readonly<Record<string, string>>
}

export type Clusters = Readonly<Record<string, readonly Member[]>>

/** Every cluster there is, by the word that `npm start` takes. Ports are those of the compose files. */
export function clusters(dataFolder: string): Clusters {
  return { '2pc': picture2pc(dataFolder), raft: musicRaft(dataFolder) }
}

const HTTP_PORT = 5001
const COORDINATOR_GRPC_PORT = 15160
const PARTICIPANT_PORTS = { 'grpc-node1': 50061, 'grpc-node2': 50062, 'grpc-node3': 50063 }

function picture2pc(dataFolder: string): readonly Member[] {
  const participants = Object.entries(PARTICIPANT_PORTS)
  const addresses = participants.map(([name, port]) => `${name}=127.0.0.1:${port}`).join(',')
  const coordinator: Member = {
    name: 'http-node1',
    main: 'picture-2pc/coordinator/main.js',
    ports: { HTTP: HTTP_PORT, gRPC: COORDINATOR_GRPC_PORT },
    env: {
      NODE_NAME: 'http-node1',
      PORT: String(HTTP_PORT),
      GRPC_PORT: String(COORDINATOR_GRPC_PORT),
      PARTICIPANTS: addresses,
      DATA_DIR: join(dataFolder, 'http-node1'),
    },
  }
  return [
    coordinator,
    ...participants.map(([name, port]) => ({
      name,
      main: 'picture-2pc/participant/main.js',
      ports: { gRPC: port },
      env: {
        NODE_NAME: name,
        PORT: String(port),
        COORDINATORS: `http-node1=127.0.0.1:${COORDINATOR_GRPC_PORT}`,
        PEERS: addresses,
        DATA_DIR: join(dataFolder, name),
      },
    })),
  ]
}

const RAFT_IDS = [1, 2, 3, 4, 5]
const RAFT_CLIENT_PORT = 50050
const RAFT_HTTP_PORT = 18080
const RAFT_PEER_PORT = 15150

/** Node N listens at each base plus N. */
function musicRaft(dataFolder: string): readonly Member[] {
  const peers = RAFT_IDS.map((id) => `${id}=127.0.0.1:${RAFT_PEER_PORT + id}`).join(',')
  const pages = RAFT_IDS.map((id) => `${id}=http://localhost:${RAFT_HTTP_PORT + id}/`).join(',')
  return RAFT_IDS.map((id) => {
    const name = `raft-node${id}`
    const [client, http] = [RAFT_CLIENT_PORT + id, RAFT_HTTP_PORT + id]
    return {
      name,
      main: 'music-raft/server/main.js',
      ports: { gRPC: client, HTTP: http, peers: RAFT_PEER_PORT + id },
      env: {
        NODE_ID: String(id),
        PEERS: peers,
        PAGES: pages,
        PORT: String(client),
        HTTP_PORT: String(http),
        DATA_DIR: join(dataFolder, name),
      },
    }
  })
}
