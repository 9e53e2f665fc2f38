import type { Member } from '../../raft/messages.ts'
import type { Survivor } from './survivor.ts'

/** What a disk holds, for people. */
export function survivorText(survivor: Survivor): string {
  const { machine, last, configuration } = survivor
  const { voters, learners } = configuration
  const rows = [
    ['cluster', survivor.clusterId || 'without a name'],
    ['term', survivor.term],
    ['last entry', `index ${last.index} of term ${last.term}`],
    ['snapshot', survivor.snapshotIndex === 0 ? 'none' : `up to index ${survivor.snapshotIndex}`],
    ['voters', listed(voters)],
    ['learners', listed(learners)],
    ['queue', `${machine.size} tracks`],
    ['history', `${machine.historySize} tracks`],
    ['sessions', machine.sessionCount],
    ['state', machine.stateHash()],
  ]
  const lines = rows.map(([name, value]) => `  ${String(name).padEnd(10)}  ${value}\n`)
  return `Node ${survivor.nodeId}, ${survivor.directory}, with its whole log applied:\n${lines.join('')}`
}

/** What is odd about it, one sentence a line. */
export function warningsText({ nodeId, configuration, divergence, recovering }: Survivor): string {
  const warnings: string[] = []
  if (recovering) {
    warnings.push(
      'It had lost its disk before and had not caught up: it may lack what it confirmed.',
    )
  }
  if (!configuration.voters.some(({ id }) => id === nodeId)) {
    warnings.push('It was no voter of its cluster: others may well hold more.')
  }
  if (divergence !== null) {
    warnings.push(
      `Its state differs from its leader's at index ${divergence.index}: take another disk if there is one.`,
    )
  }
  return warnings.map((warning) => `Warning: ${warning}\n`).join('')
}

/** What to do with what was shown, and what it costs. */
export function adviceText({ last }: Survivor): string {
  return `
Nothing was changed. As long as a majority of the voters can be started, start them instead.
Otherwise run this on every disk that is left, and recover one: that of the highest term of the last
entry, among equals that of the highest index. Here: term ${last.term}, index ${last.index}.

Lost are writes that were acknowledged and that only lost disks hold: nobody can know whether there are
any. Writes that were never acknowledged, and that this log holds, take effect.

To make this disk the only member of a new cluster, run this again with --i-understand. Every other disk
of the old cluster is then refused, and its node can come back with an empty one only.
`
}

export function doneText(nodeId: number, clusterId: string, kept: string): string {
  return `
Node ${nodeId} is the only member of the new cluster ${clusterId}. The data of before are in ${kept}
Start it. Then, one after the other: empty the disk of another node, start it, and take it in with
"member add ID HOST:PORT --voter".
`
}

function listed(members: readonly Member[]): string {
  return members.map(({ id, address }) => `${id}=${address}`).join(' ') || 'none'
}
