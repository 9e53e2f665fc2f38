import type { NamedAddress } from '../../common/config.ts'
import type { Logger } from '../../common/logger.ts'
import { createClient, type RpcClient } from '../../common/rpc-client.ts'
import type { Wording } from '../../common/rpc-log.ts'
import type { DecisionServiceDefinition } from '../../protos/types/coordinator/DecisionService.ts'
import type { DecisionAnswer, DecisionQuery, NodeName } from '../protocol/messages.ts'
import { decisionService, decodeAnswer, encodeQuery } from '../shell/wire.ts'
import { participantWording } from '../shell/wording.ts'

const DEADLINE_MS = 2000

/** Whom a participant in doubt can ask: its coordinators and its peers. */
export class DecisionClients {
  readonly #self: NodeName
  readonly #clients: ReadonlyMap<NodeName, RpcClient<DecisionServiceDefinition>>

  constructor(
    self: NodeName,
    others: readonly NamedAddress[],
    log: Logger,
    wording: Wording = participantWording,
  ) {
    this.#self = self
    this.#clients = new Map(
      others.map(({ name, address }) => [
        name,
        createClient(decisionService, address, {
          log,
          node: self,
          peer: name,
          wording,
        }),
      ]),
    )
  }

  /** Rejects when the node cannot be asked or does not answer. */
  async ask(to: NodeName, query: DecisionQuery): Promise<DecisionAnswer> {
    const client = this.#clients.get(to)
    if (client === undefined) throw new Error(`no address of ${to} is configured`)
    const request = encodeQuery(query, this.#self)
    return decodeAnswer(await client.unary('DecisionRequest', request, { deadlineMs: DEADLINE_MS }))
  }

  close(): void {
    for (const client of this.#clients.values()) client.close()
  }
}
