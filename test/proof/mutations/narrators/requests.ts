import type { Outcome } from '../../../../music-raft/queue/outcome.ts'
import type { Answer } from '../../../../music-raft/raft/ready.ts'
import type { Requests } from '../../../../music-raft/server/requests.ts'
import { tell } from './tell.ts'

type Base = typeof Requests

/** Requests that tell what becomes of them. */
export function narrated(base: Base): Base {
  return class extends base {
    override open(...args: Parameters<Requests['open']>): ReturnType<Requests['open']> {
      tell('client → node  a request, which waits for its answer')
      const done = super.open(...args)
      done.then(
        ({ index }) => tell(`node → client  done, at index ${index}`),
        (error: unknown) => tell(`node → client  ${String(error)}`),
      )
      return done
    }

    override answer(answer: Answer): void {
      const place = answer.kind === 'accepted' ? ` at ${answer.term}.${answer.index}` : ''
      tell(`core → node  request ${answer.requestId} ${answer.kind}${place}`)
      super.answer(answer)
    }

    override applied(index: number, term: number, outcome: Outcome | null): void {
      tell(`core → node  entry ${term}.${index} is applied`)
      super.applied(index, term, outcome)
    }
  }
}
