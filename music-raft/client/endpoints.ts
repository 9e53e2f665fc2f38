/** A node as a client reaches it. */
export interface Endpoint {
  /** The node's id; a list without ids is taken to be nodes 1, 2, 3 … in the order given. */
  readonly id: number
  /** `host:port` */
  readonly address: string
}

/** The ports that the compose file and `npm start` publish. */
export const DEFAULT_ENDPOINTS = [1, 2, 3, 4, 5].map((id) => `localhost:${50_050 + id}`).join(',')

/** Reads `host:port,…` or `id=host:port,…`. Throws an Error that says what is allowed. */
export function parseEndpoints(text: string): readonly Endpoint[] {
  const endpoints = text.split(',').map((part, index) => parseEndpoint(part.trim(), index + 1))
  for (const key of ['id', 'address'] as const) {
    const values = endpoints.map((endpoint) => endpoint[key])
    const twice = values.find((value, index) => values.indexOf(value) < index)
    if (twice !== undefined) throw new Error(`endpoints name ${key} ${twice} twice`)
  }
  return endpoints
}

const ENDPOINT = /^(?:(\d{1,9})=)?(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]+):(\d{1,5})$/

function parseEndpoint(text: string, position: number): Endpoint {
  const [, id, host, port] = ENDPOINT.exec(text) ?? []
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) {
    throw new Error(
      `${JSON.stringify(text)} is no endpoint: allowed is a list like localhost:50051,localhost:50052`,
    )
  }
  return { id: id === undefined ? position : Number(id), address: `${host}:${Number(port)}` }
}
