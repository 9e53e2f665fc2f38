import { type Clock, machineClock } from '../../common/clock.ts'
import type { Logger } from '../../common/logger.ts'
import { RateLimit } from '../../common/rate-limit.ts'
import { BATCH, batchCount } from '../queue/batch.ts'
import type { Entry, NodeId } from '../raft/messages.ts'
import type { RaftEvent, RoleReason, VoteReason } from '../raft/ready.ts'
import type { Divergence } from './replica.ts'

const WHY_FOLLOWER: Record<RoleReason, string> = {
  electionTimeout: 'election timeout',
  transfer: 'leadership transfer (§3.10)',
  won: 'won',
  lost: 'the election was lost',
  higherTerm: '§3.3 a higher term began',
  leaderFound: '§3.4 there is a leader',
  quorumLost: '§6.2 no majority was heard for an election timeout',
  diskStalled: 'the disk did not finish a save for an election timeout',
  retired: 'it is stopping',
  removed: '§4.2.2 no longer a voter',
}

const WHY_VOTE: Record<VoteReason, string> = {
  granted: '§3.6.1 its log is up to date',
  staleTerm: '§3.3 its term is over',
  alreadyVoted: '§3.4 one vote in a term',
  logBehind: '§3.6.1 my log is newer',
  leaderAlive: '§4.2.3 my leader is alive',
  recovering: 'I lost my disk and have not caught up',
}

/** Whoever reaches the peer port can have messages ignored; it must not fill the disk with lines. */
const MOST_IGNORED = 10
const IGNORED_SPAN_MS = 10_000

/** The one place where what happens in the core becomes lines for people (DESIGN.md 5). */
export class Teller {
  readonly #log: Logger
  readonly #id: NodeId
  readonly #clock: Pick<Clock, 'now'>
  readonly #ignored = new RateLimit(MOST_IGNORED, IGNORED_SPAN_MS)

  constructor(log: Logger, id: NodeId, clock: Pick<Clock, 'now'> = machineClock) {
    this.#log = log
    this.#id = id
    this.#clock = clock
  }

  applying({ index, command, term, data }: Entry): void {
    const tracks = command === BATCH ? ` · ${batchCount(data)} tracks` : ''
    this.#log.info(
      { index, command, term },
      `Node ${this.#id} Applying log[${index}] cmd=${command}${tracks}`,
    )
  }

  diverged({ index, own, leader }: Divergence): void {
    this.#log.fatal(
      { index, own, leader },
      `Node ${this.#id} DIVERGED: its state after log[${index}] has the hash ${own}, the leader's ${leader}; stop this node, keep its data for a report, and start it with an empty DATA_DIR`,
    )
  }

  tell(event: RaftEvent): void {
    const node = `Node ${this.#id}`
    const log = this.#log
    switch (event.kind) {
      case 'electionTimeout':
        log.info({ term: event.term }, `${node} Election Timeout. Becoming CANDIDATE.`)
        break
      case 'becameLeader':
        log.info(
          { term: event.term },
          `${node} Won election and became LEADER for term ${event.term}`,
        )
        break
      case 'roleChanged':
        this.#tellRole(event)
        break
      case 'leaderChanged':
        if (event.leaderId !== null) {
          log.info(
            { term: event.term },
            `${node} follows Node ${event.leaderId} in term ${event.term}`,
          )
        }
        break
      case 'voteCast': {
        const { candidateId, term, preVote, granted, reason } = event
        const vote = preVote ? 'pre-vote' : 'vote'
        const does = granted ? 'gives its' : 'refuses its'
        log.info(
          { peer: String(candidateId), term, granted },
          `${node} ${does} ${vote} to Node ${candidateId} for term ${term} · ${WHY_VOTE[reason]}`,
        )
        break
      }
      case 'voteReceived': {
        const { from, term, preVote, granted } = event
        const vote = preVote ? 'pre-vote' : 'vote'
        const does = granted ? 'gets the' : 'does not get the'
        log.debug({ peer: String(from), term }, `${node} ${does} ${vote} of Node ${from}`)
        break
      }
      default:
        this.#tellRest(event)
    }
  }

  #tellRole(event: Extract<RaftEvent, { kind: 'roleChanged' }>): void {
    const { role, term, leaderId, reason } = event
    const node = `Node ${this.#id}`
    if (role === 'follower') {
      const whom = leaderId === null ? '' : `, follows Node ${leaderId}`
      this.#log.info(
        { term, reason },
        `${node} Transition to FOLLOWER term=${term} · ${WHY_FOLLOWER[reason]}${whom}`,
      )
    } else if (role === 'preCandidate') {
      this.#log.info({ term }, `${node} asks whether it would win term ${term + 1} · §9.6`)
    } else if (role === 'candidate') {
      const why = reason === 'transfer' ? ` · ${WHY_FOLLOWER.transfer}` : ''
      this.#log.info({ term }, `${node} Transition to CANDIDATE term=${term}${why}`)
    }
  }

  #tellRest(event: RaftEvent): void {
    const node = `Node ${this.#id}`
    const log = this.#log
    switch (event.kind) {
      case 'truncated':
        log.info(
          { index: event.from },
          `${node} drops log[${event.from}] and later · §3.5 conflict`,
        )
        break
      case 'configChanged': {
        const { configuration, committed, index } = event
        const ids = (members: readonly { id: NodeId }[]) => members.map(({ id }) => id).join(',')
        const learners = ids(configuration.learners)
        log.info(
          { index, committed },
          `${node} membership at log[${index}] ${committed ? 'committed' : 'in force'}: voters ${ids(configuration.voters)}${learners === '' ? '' : `, learners ${learners}`}`,
        )
        break
      }
      case 'peerState':
        log.debug(`${node} feeds Node ${event.peer} by ${event.state}`)
        break
      case 'snapshotProgress':
        log.debug(`${node} Node ${event.peer} holds ${event.bytesStored} of ${event.size} bytes`)
        break
      case 'snapshotInstalled':
        log.info({ index: event.index }, `${node} installs the snapshot up to log[${event.index}]`)
        break
      case 'compacted':
        log.info(
          { index: event.index },
          `${node} took a snapshot up to log[${event.index}]; the log begins at ${event.firstIndex}`,
        )
        break
      case 'transferStarted':
        log.info(`${node} hands leadership to Node ${event.target} · §3.10`)
        break
      case 'transferEnded':
        log.info(`${node} handing leadership to Node ${event.target} ended: ${event.outcome}`)
        break
      case 'recovering':
        log.warn(`${node} Node ${event.id} lost its disk: it is not counted until it caught up`)
        break
      case 'recovered':
        log.info(`${node} Node ${event.id} caught up after losing its disk, and votes again`)
        break
      case 'followerLostEntries':
        log.error(
          `${node} Node ${event.peer} lacks entries it had confirmed up to log[${event.matchIndex}]: its disk went back in time; stop it and start it with an empty DATA_DIR`,
        )
        break
      case 'messageIgnored':
        this.#tellIgnored(event)
        break
      default:
    }
  }

  #tellIgnored({ type, from, reason }: Extract<RaftEvent, { kind: 'messageIgnored' }>): void {
    if (!this.#ignored.allows(this.#clock.now())) return
    const more = this.#ignored.takeSuppressed()
    const others = more === 0 ? '' : `, and ignored ${more} others since it last said so`
    this.#log.warn(`Node ${this.#id} ignores ${type} from Node ${from} · ${reason}${others}`)
  }
}
