import { type ServiceError, status } from '@grpc/grpc-js'
import type { NamedAddress } from '../../common/config.ts'
import { CodedError, isErrorCode, messageOf } from '../../common/errors.ts'
import type { Logger } from '../../common/logger.ts'
import { createClient, hasStatus } from '../../common/rpc-client.ts'
import type { Wording } from '../../common/rpc-log.ts'
import { ERROR_CODE } from '../../common/rpc-server.ts'
import type { NodeName } from '../protocol/messages.ts'
import { pictureService } from '../shell/wire.ts'
import { coordinatorWording } from '../shell/wording.ts'

import { ParticipantLink } from './participant-link.ts'
import type { PictureClient } from './picture-client.ts'

/** The channels to the participants, in their configured order. */
export class Participants {
  readonly names: readonly NodeName[]
  readonly #clients: ReadonlyMap<NodeName, PictureClient>
  readonly #links: ReadonlyMap<NodeName, ParticipantLink>

  constructor(
    node: NodeName,
    addresses: readonly NamedAddress[],
    log: Logger,
    wording: Wording = coordinatorWording,
  ) {
    this.names = addresses.map(({ name }) => name)
    this.#clients = new Map(
      addresses.map(({ name, address }) => [
        name,
        createClient(pictureService, address, {
          log,
          node,
          peer: name,
          wording,
        }),
      ]),
    )
    this.#links = new Map(
      [...this.#clients].map(([name, client]) => [name, new ParticipantLink(name, client)]),
    )
  }

  /** The protocol's way to a participant; undefined when none of this name is configured. */
  link(name: NodeName): ParticipantLink | undefined {
    return this.#links.get(name)
  }

  /** Undefined when no participant of this name is configured. */
  client(name: NodeName): PictureClient | undefined {
    return this.#clients.get(name)
  }

  /** Throws CodedError UNKNOWN_NODE. */
  named(name: string): PictureClient {
    const client = this.client(name)
    if (client === undefined) {
      throw new CodedError('UNKNOWN_NODE', `there are ${this.names.join(', ')}`)
    }
    return client
  }

  /** Whether each participant's channel is connected now; those that are not start to connect. */
  connected(): readonly (readonly [NodeName, boolean])[] {
    for (const link of this.#links.values()) link.warm()
    return [...this.#clients].map(([name, client]) => [name, client.connected()])
  }

  /** Waits until all are connected, or for as long. */
  async ready(withinMs: number): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.ready(withinMs)))
  }

  /** Asks all at once; whoever fails is listed with its error, in order. */
  async askAll<T>(
    ask: (client: PictureClient, name: NodeName) => Promise<T>,
  ): Promise<{ answers: (readonly [NodeName, T])[]; unreachable: NodeName[] }> {
    const names = [...this.#clients.keys()]
    const settled = await Promise.allSettled(
      [...this.#clients].map(([name, client]) => ask(client, name)),
    )
    const answers: (readonly [NodeName, T])[] = []
    const unreachable: NodeName[] = []
    settled.forEach((result, index) => {
      const name = names[index] ?? ''
      if (result.status === 'fulfilled') answers.push([name, result.value])
      else unreachable.push(name)
    })
    return { answers, unreachable }
  }

  close(): void {
    for (const link of this.#links.values()) link.close()
    for (const client of this.#clients.values()) client.close()
  }
}

/** What a participant's refusal means to our client: its own code, or that it cannot be reached. */
export function toCodedError(error: unknown): CodedError {
  if (error instanceof CodedError) return error
  const code = String((error as Partial<ServiceError>).metadata?.get(ERROR_CODE)[0] ?? '')
  if (isErrorCode(code)) return new CodedError(code)
  if (hasStatus(error, status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.CANCELLED)) {
    return new CodedError('UNREACHABLE', messageOf(error))
  }
  return new CodedError('INTERNAL', messageOf(error))
}
