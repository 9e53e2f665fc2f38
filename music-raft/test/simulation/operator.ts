import { isMember } from '../../raft/configuration.ts'
import type { NodeId } from '../../raft/messages.ts'
import type { MembershipChange } from '../../raft/ready.ts'
import type { NodeProcess } from './node-process.ts'
import { addressOf, MOST_NODES } from './plan.ts'
import { Random } from './random.ts'
import type { World } from './world.ts'

/** Whoever looks after the cluster: adds, promotes and removes nodes, and moves leadership. */
export class Operator {
  readonly #world: World
  readonly #random: Random
  /** Until then a change that was asked for may be under way. */
  #unsettledUntil = 0

  constructor(world: World) {
    this.#world = world
    this.#random = new Random(world.plan.seed, 'operator')
  }

  start(): void {
    const { changeEvery, transferEvery } = this.#world.plan
    this.#every(changeEvery, () => this.#change(this.#leader()))
    this.#every(transferEvery, () => this.#transfer())
  }

  /** Of a leader that has just won, and may not have committed anything yet, something is wanted at once. */
  elected(node: NodeProcess): void {
    const { scheduler, network, plan, isHealed } = this.#world
    if (isHealed || !this.#random.chance(plan.askLeader)) return
    scheduler.after(this.#random.between(0, 2 * network.model.delay[1]), () => this.#change(node))
  }

  /**
   * Whether one more disk may be lost: the cluster tolerates it only while a majority of its voters
   * has what was promised. One that was not there when the cluster began has nothing yet, and is
   * taken for one that lost its disk (bootstrap.ts).
   */
  mayLoseDisk(node: NodeProcess): boolean {
    const { nodes, isHealed } = this.#world
    const voters = this.#settledVoters()
    if (isHealed || voters === null || node.isDamaged) return false
    const damaged = nodes.filter(({ id, isDamaged }) => isDamaged && voters.includes(id))
    const spare = voters.length - (Math.floor(voters.length / 2) + 1)
    return damaged.length + (voters.includes(node.id) ? 1 : 0) <= spare
  }

  /** Who votes, when no change is under way anywhere; null: that is not so. */
  #settledVoters(): NodeId[] | null {
    const { nodes } = this.#world
    const running = nodes.flatMap(({ server }) => (server === null ? [] : [server.raft]))
    const leader = running
      .filter(({ role }) => role === 'leader')
      .sort((a, b) => b.currentTerm - a.currentTerm)[0]
    if (leader === undefined || this.#world.scheduler.now < this.#unsettledUntil) return null
    const { configuration, configurationIndex, commitIndex } = leader
    const known = running.filter(({ id }) => isMember(configuration, id))
    const voters = configuration.voters.map(({ id }) => id)
    const agree = known.every((each) => each.configurationIndex === configurationIndex)
    const holding = known.filter(({ id }) => voters.includes(id)).length
    const settled = agree && configurationIndex <= commitIndex && holding * 2 > voters.length
    return settled ? voters : null
  }

  #every(mean: number | null, run: () => void): void {
    if (mean === null) return
    this.#world.scheduler.after(this.#random.waiting(mean), () => {
      if (this.#world.isHealed) return
      run()
      this.#every(mean, run)
    })
  }

  /** Somebody who takes itself for the leader. */
  #leader(): NodeProcess | undefined {
    const leads = ({ server }: NodeProcess) => server?.leadership.role === 'leader'
    return this.#random.any(this.#world.nodes.filter(leads))
  }

  #change(leader: NodeProcess | undefined): void {
    const server = leader?.server
    // Fewer sound disks than now would be too few.
    if (leader === undefined || server == null) return
    const { voters, learners } = server.raft.configuration
    if (this.#isAnyDamaged(voters.map(({ id }) => id))) return
    // One that has just lost its disk would be half of a majority that it cannot be.
    const sound = learners.filter(({ id }) => this.#world.node(id)?.isDamaged === false)
    const learner = this.#random.any(sound)?.id
    const wanted = voters.length > 3 ? 'remove' : 'add'
    const kind = this.#random.pick(['add', 'promote', 'promote', 'remove', wanted])
    if (kind === 'promote' && learner !== undefined)
      this.#ask(leader, { kind: 'promote', id: learner })
    const members = [...voters, ...learners].map(({ id }) => id)
    if (kind === 'add') this.#add(leader, members)
    const gone = this.#random.any(kind === 'remove' ? members : [])
    if (gone !== undefined && voters.length > 1) this.#ask(leader, { kind: 'remove', id: gone })
  }

  #isAnyDamaged(members: readonly NodeId[]): boolean {
    return this.#world.nodes.some(({ id, isDamaged }) => isDamaged && members.includes(id))
  }

  /** A process that is no member, old or new, on an empty disk. */
  #add(leader: NodeProcess, members: readonly NodeId[]): void {
    const all = Array.from({ length: MOST_NODES }, (_, place) => place + 1)
    const taken = new Set([...members, ...this.#world.known])
    const id = this.#random.any(all.filter((each) => !taken.has(each)))
    if (id === undefined) return
    this.#world.joining(id)
    this.#ask(leader, { kind: 'addLearner', member: { id, address: addressOf(id) } })
  }

  #ask({ id, server, life }: NodeProcess, change: MembershipChange): void {
    if (server === null) return
    this.#world.trace(() => `n${id} is asked to ${JSON.stringify(change)}`)
    this.#world.count('changes asked')
    const { scheduler, plan } = this.#world
    this.#unsettledUntil = scheduler.now + 2 * plan.cluster.requestTimeoutMs
    life?.enter(() => {
      server
        .request((requestId) => ({ kind: 'changeMembership', requestId, change }))
        .then(
          () => this.#world.count('changes made'),
          () => this.#world.count('changes refused'),
        )
    })
  }

  #transfer(): void {
    const leader = this.#leader()
    const server = leader?.server
    if (leader === undefined || server == null) return
    const target = this.#random.chance(0.5)
      ? (this.#random.any(server.raft.configuration.voters)?.id ?? null)
      : null
    this.#world.trace(() => `n${leader.id} is asked to hand over to ${target}`)
    leader.life?.enter(() => {
      server
        .request((requestId) => ({ kind: 'transfer', requestId, target }))
        .then(
          () => this.#world.count('transfers'),
          () => this.#world.count('transfers refused'),
        )
    })
  }
}
