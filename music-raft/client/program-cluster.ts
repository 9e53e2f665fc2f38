import { Argument, type Command } from 'commander'
import {
  addMember,
  members,
  promoteMember,
  removeMember,
  status,
  transfer,
} from './commands/cluster.ts'
import { watchEvents } from './commands/events.ts'
import { watch } from './commands/watch.ts'
import { completionScript } from './completion.ts'
import { address, duration, nodeId, wholeNumber } from './options.ts'
import type { Perform } from './program.ts'
import type { Session } from './session.ts'
import type { Terminal } from './terminal.ts'

const MEMBER_HELP = `
Examples:
  music-queue member add 6 raft-node6:50050 --voter   and wait until it votes
  music-queue member remove 6

Where the nodes have an ADMIN_TOKEN, set the same in the environment of this command.`

const WATCH_HELP = `
Examples:
  music-queue watch --json --interval 500ms
  music-queue watch --events            elections, votes, entries, calls, of all nodes
  music-queue watch --events --verbose  heartbeats too
  music-queue watch --events --json     the stream as it is; docs/EVENTS.md describes it`

/** Looking at the cluster, and changing it. These need the nodes' own ports, not the gateway's. */
export function addClusterCommands(program: Command, perform: Perform, terminal: Terminal): void {
  program
    .command('status')
    .description('show every node: role, term, log, state')
    .addHelpText('after', '\nExample:\n  music-queue status --json')
    .action((_options, command) => perform(command, status, 'silent'))
  program
    .command('members')
    .description('show who is in the cluster, as the leader knows it')
    .addHelpText('after', '\nExample:\n  music-queue members')
    .action((_options, command) => perform(command, members, 'silent'))
  addMemberCommands(program, perform)
  program
    .command('transfer')
    .description('hand leadership to another node')
    .option('--to <id>', 'a voter; 0: whoever has most of the log', wholeNumber, 0)
    .addHelpText('after', '\nExample:\n  music-queue transfer --to 3')
    .action(({ to }, command) => perform(command, (session) => transfer(session, to)))
  program
    .command('watch')
    .description('follow nodes and queue until interrupted')
    .option('--interval <time>', 'between looks', duration, 1000)
    .option('--limit <number>', 'tracks shown; 0: as many as fit', wholeNumber, 0)
    .option('--count <number>', 'looks before it ends; 0: until interrupted', wholeNumber, 0)
    .option('--events', 'print what happens, event by event; --count counts these', false)
    .addHelpText('after', WATCH_HELP)
    .action(({ interval, limit, count, events }, command) => {
      if (events) {
        const follow = (session: Session, { verbose }: { verbose: boolean }) =>
          watchEvents(session, { count, verbose })
        return perform(command, follow, 'silent')
      }
      const options = { intervalMs: interval, limit, count }
      return perform(command, (session) => watch(session, options), 'silent')
    })
  program
    .command('completion')
    .description('print a completion script')
    .addArgument(new Argument('<shell>', 'for which shell').choices(['bash', 'zsh']))
    .addHelpText(
      'after',
      '\nExamples:\n  source <(music-queue completion bash)\n  source <(music-queue completion zsh)',
    )
    .action((shell) => terminal.out(completionScript(program, shell)))
}

function addMemberCommands(program: Command, perform: Perform): void {
  const member = program
    .command('member')
    .description('change who is in the cluster')
    .addHelpText('after', MEMBER_HELP)
  member
    .command('add')
    .description('add a node that receives the log; it votes when promoted')
    .argument('<id>', 'never used before in this cluster', nodeId)
    .argument('<address>', 'where its peers reach it, host:port', address)
    .option('--voter', 'wait until it has caught up, and promote it', false)
    .addHelpText('after', MEMBER_HELP)
    .action((id, at, { voter }, command) =>
      perform(
        command,
        (session, { timeout: timeoutMs }) => addMember(session, id, at, { voter, timeoutMs }),
        'silent',
      ),
    )
  member
    .command('promote')
    .description('let a node that has caught up vote')
    .argument('<id>', 'the node', nodeId)
    .addHelpText('after', MEMBER_HELP)
    .action((id, _options, command) =>
      perform(command, (session) => promoteMember(session, id), 'silent'),
    )
  member
    .command('remove')
    .description('take a node out of the cluster')
    .argument('<id>', 'the node', nodeId)
    .addHelpText('after', MEMBER_HELP)
    .action((id, _options, command) =>
      perform(command, (session) => removeMember(session, id), 'silent'),
    )
}
