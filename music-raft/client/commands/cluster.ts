import { setTimeout as sleep } from 'node:timers/promises'
import type { MembershipReply__Output } from '../../../protos/types/admin/MembershipReply.ts'
import { CallFailed } from '../ask.ts'
import { printJson, type Session } from '../session.ts'
import { askStatus, diverged, type NodeStatus } from '../status.ts'
import { mebibytes, table } from '../table.ts'
import { EXIT } from '../terminal.ts'

/** How long a node may take to tell its status before it counts as not answering. */
const STATUS_MS = 2000
const ASK_AGAIN_MS = 300

export async function status(session: Session): Promise<number> {
  const { client, terminal, json } = session
  const nodes = await askStatus(client.cluster, STATUS_MS)
  if (json) await printJson(session, nodes)
  else await terminal.out(statusTable(nodes))
  const differing = diverged(nodes)
  if (differing !== null) terminal.err(`music-queue: ${differing}\n`)
  const answered = nodes.some((node) => node.status !== null)
  return answered && differing === null ? EXIT.done : EXIT.refused
}

/** One row a node, whether it answers or not. */
export function statusTable(nodes: readonly NodeStatus[]): string {
  const heading = ['NODE', 'ADDRESS', 'ROLE', 'TERM', 'LEADER', 'COMMIT', 'APPLIED', 'LOG']
  return table(
    [...heading, 'SNAPSHOT', 'QUEUE', 'STATE', 'MEMORY'],
    nodes.map(({ endpoint, status: node, problem }) =>
      node === null
        ? [endpoint.id, endpoint.address, `– ${problem}`]
        : [
            node.id,
            endpoint.address,
            node.role + (node.diskTrouble ? ' (disk trouble)' : ''),
            node.term,
            node.leaderId === 0 ? '–' : node.leaderId,
            node.commitIndex,
            node.lastApplied,
            `${node.firstLogIndex}…${node.lastLogIndex}`,
            node.snapshotIndex,
            node.queueLength,
            node.stateHash.slice(0, 8),
            mebibytes(node.residentBytes),
          ],
    ),
  )
}

/** The members as the leader knows them; without one, as whoever answers does. */
export async function members(session: Session): Promise<number> {
  const { client, terminal, json } = session
  const nodes = await askStatus(client.cluster, STATUS_MS)
  const known = nodes.flatMap((node) => (node.status === null ? [] : [node.status]))
  const source = known.find(({ role }) => role === 'leader') ?? known[0]
  if (source === undefined) {
    terminal.err('music-queue: no node answers\n')
    return EXIT.refused
  }
  if (json) await printJson(session, { leader: source.leaderId, members: source.members })
  else await terminal.out(membersTable(source.members, source.leaderId))
  return EXIT.done
}

function membersTable(list: MembershipReply__Output['members'], leader: number): string {
  return table(
    ['NODE', 'ADDRESS', 'VOTES', 'MATCH', 'STATE', 'LAST HEARD'],
    list.map(({ id, address, voter, matchIndex, state, lastContactMs }) => [
      id,
      address,
      voter ? 'yes' : 'learner',
      matchIndex,
      id === leader ? 'leader' : state || '–',
      lastContactMs < 0 || id === leader ? '–' : `${lastContactMs} ms`,
    ]),
  )
}

/** How long a change that the leader cannot make yet is asked for again. */
interface Waiting {
  readonly timeoutMs: number
}

/** Adds a learner; with `voter` waits until it has caught up, and promotes it. */
export async function addMember(
  session: Session,
  id: number,
  address: string,
  { voter, timeoutMs }: Waiting & { readonly voter: boolean },
): Promise<number> {
  const added = await whenPossible(session, { timeoutMs }, () => addLearner(session, id, address))
  if (!voter) return printMembership(session, added)
  const promoted = await whenPossible(session, { timeoutMs }, () => promote(session, id))
  return printMembership(session, promoted)
}

/**
 * The leader makes one change at a time, and none before its term has begun (R2), nor promotes who
 * has not caught up: it refuses, and may do it a moment later.
 */
async function whenPossible<T>(
  { terminal }: Session,
  { timeoutMs }: Waiting,
  change: () => Promise<T>,
): Promise<T> {
  const until = performance.now() + timeoutMs
  for (;;) {
    try {
      return await change()
    } catch (error) {
      const later = error instanceof CallFailed && error.failure.code === 'MEMBERSHIP_REFUSED'
      if (!later || performance.now() > until || terminal.signal.aborted) throw error
      await sleep(ASK_AGAIN_MS)
    }
  }
}

/** One that is a member already, from an earlier try, is as good as added. */
async function addLearner(session: Session, id: number, address: string) {
  try {
    return (await session.client.admin('AddLearner', { id, address })).answer
  } catch (error) {
    const member = await memberOf(session, id)
    if (member?.address !== address) throw error
    return member.all
  }
}

async function promote(session: Session, id: number) {
  try {
    return (await session.client.admin('Promote', { id })).answer
  } catch (error) {
    const member = await memberOf(session, id)
    if (member?.voter !== true) throw error
    return member.all
  }
}

/** A member as the leader knows it, and the others with it; null: there is none, or no leader. */
async function memberOf({ client }: Session, id: number) {
  const nodes = await askStatus(client.cluster, STATUS_MS)
  const leader = nodes.find((node) => node.status?.role === 'leader')?.status
  const member = leader?.members.find((known) => known.id === id)
  if (leader === null || leader === undefined || member === undefined) return null
  return { ...member, all: { index: leader.commitIndex, members: leader.members } }
}

export async function promoteMember(session: Session, id: number): Promise<number> {
  return printMembership(session, await promote(session, id))
}

export async function removeMember(session: Session, id: number): Promise<number> {
  return printMembership(session, (await session.client.admin('RemoveServer', { id })).answer)
}

async function printMembership(session: Session, answer: MembershipReply__Output): Promise<number> {
  if (session.json) await printJson(session, { ok: true, ...answer })
  else await session.terminal.out(membersTable(answer.members, 0))
  return EXIT.done
}

/** Hands leadership over; `to` 0: to whoever has most of the log. */
export async function transfer(session: Session, to: number): Promise<number> {
  const leaderId = await leaderAfterTransfer(session, to)
  const ok = to === 0 ? leaderId !== 0 : leaderId === to
  if (session.json) await printJson(session, { ok, leaderId })
  else await session.terminal.out(`Leader: ${leaderId === 0 ? 'none yet' : leaderId}\n`)
  return ok ? EXIT.done : EXIT.refused
}

/** Who is asked for and leads already is as good as handed to. */
async function leaderAfterTransfer({ client }: Session, to: number): Promise<number> {
  try {
    return (await client.admin('TransferLeadership', { to })).answer.leaderId
  } catch (error) {
    const nodes = await askStatus(client.cluster, STATUS_MS)
    if (to !== 0 && nodes.some(({ status: node }) => node?.role === 'leader' && node.id === to)) {
      return to
    }
    throw error
  }
}
