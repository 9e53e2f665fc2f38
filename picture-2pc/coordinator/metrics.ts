import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { CoordinatorEvent } from '../protocol/coordinator-io.ts'

/** Numbers that are read when the metrics are. */
export interface Gauges {
  open(): number
  committing(): number
  forcedWrites(): number
  connected(): readonly (readonly [string, boolean])[]
}

/** What `GET /metrics` tells. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #decided = labelled(
    this.#counter('transactions_total', 'Transactions decided.', ['decision']),
  )
  readonly #votes = labelled(this.#counter('votes_total', 'Votes counted.', ['node', 'vote']))
  readonly #failures = labelled(
    this.#counter(
      'decision_delivery_failures_total',
      'Decisions that were not acknowledged and are sent again.',
      ['node'],
    ),
  )
  readonly #requests = labelled(
    new Histogram({
      name: 'picture_http_request_seconds',
      help: 'Time from request to answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [this.#registry],
    }),
  )

  constructor(gauges: Gauges) {
    collectDefaultMetrics({ register: this.#registry })
    this.#gauge('transactions_open', 'Transactions whose client waits.', () => gauges.open())
    this.#gauge('transactions_committing', 'Commits not acknowledged by all participants.', () =>
      gauges.committing(),
    )
    this.#gauge('forced_writes', 'Forced writes of the decision log.', () => gauges.forcedWrites())
    const connected = new Gauge({
      name: 'picture_participant_connected',
      help: 'Whether the channel to a participant is connected.',
      labelNames: ['node'],
      registers: [this.#registry],
      collect: () => {
        for (const [node, is] of gauges.connected()) connected.set({ node }, is ? 1 : 0)
      },
    })
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }

  observe(event: CoordinatorEvent): void {
    if (event.kind === 'decided') this.#decided(event.decision).inc()
    else if (event.kind === 'voted') this.#votes(event.from, event.vote.vote).inc()
    else if (event.kind === 'deliveryFailed') this.#failures(event.from).inc()
  }

  readonly countRequest = (method: string, route: string, status: number, seconds: number): void =>
    this.#requests(method, route, String(status)).observe(seconds)

  #counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> {
    return new Counter({ name: `picture_${name}`, help, labelNames, registers: [this.#registry] })
  }

  #gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({
      name: `picture_${name}`,
      help,
      registers: [this.#registry],
      collect: (): void => gauge.set(read()),
    })
  }
}

/**
 * The counter of each combination of labels, looked up once: prom-client checks and sorts the labels
 * anew for every count, and a transaction makes five.
 */
function labelled<T>(metric: { labels(...values: string[]): T }): (...values: string[]) => T {
  const known = new Map<string, T>()
  return (...values) => {
    const key = values.join(' ')
    let one = known.get(key)
    if (one === undefined) {
      one = metric.labels(...values)
      known.set(key, one)
    }
    return one
  }
}
