import type { Command } from 'commander'
import { loadFile } from './commands/load.ts'
import { add, list, metadata, play, remove, vote } from './commands/queue.ts'
import { lanes, seconds, trueOrFalse, wholeNumber } from './options.ts'
import type { Perform } from './program.ts'

const LOAD_HELP = `
The first line names the columns: id, and any of title, artist, duration (seconds).
  id,title,artist,duration
  123,"Retry, again",Me,100
A load that was interrupted goes on when the same command is given again: each row has a request id,
kept in FILE.csv.load until the load is complete, so that no row is added twice.

Example:
  music-queue load tracks.csv`

/** The original's seven commands, and `load`. */
export function addQueueCommands(program: Command, perform: Perform): void {
  program
    .command('add')
    .description('queue a track')
    .requiredOption('--id <id>', '1 to 128 bytes')
    .option('--title <title>', 'at most 512 bytes', '')
    .option('--artist <artist>', 'at most 512 bytes', '')
    .option('--duration <seconds>', '0 to 86400', seconds, 0)
    .addHelpText(
      'after',
      '\nExample:\n  music-queue add --id 123 --title "Retry" --artist "Me" --duration 100',
    )
    .action((track, command) =>
      perform(command, (session) => {
        const { id, title, artist, duration } = track
        return add(session, { id, title, artist, duration })
      }),
    )
  program
    .command('play')
    .description('move the head of the queue to the history')
    .addHelpText(
      'after',
      '\nExample:\n  while music-queue -q play; do :; done        until the queue is empty',
    )
    .action((_options, command) => perform(command, play))
  program
    .command('vote')
    .description('add a vote to a track, or take one away')
    .requiredOption('--id <id>')
    .requiredOption('--up <true|false>', 'true adds, false takes away', trueOrFalse)
    .addHelpText('after', '\nExample:\n  music-queue vote --id 123 --up true')
    .action(({ id, up }, command) => perform(command, (session) => vote(session, id, up)))
  program
    .command('remove')
    .description('take a track out of the queue')
    .requiredOption('--id <id>')
    .addHelpText('after', '\nExample:\n  music-queue remove --id 123')
    .action(({ id }, command) => perform(command, (session) => remove(session, id)))
  program
    .command('metadata')
    .description('show a queued track')
    .requiredOption('--id <id>')
    .addHelpText('after', '\nExample:\n  music-queue metadata --id 123')
    .action(({ id }, command) => perform(command, (session) => metadata(session, id)))
  addList(program, perform, 'queue', 'show the queue: votes descending, then arrival', 'GetQueue')
  addList(program, perform, 'history', 'show the tracks played, in order', 'GetHistory')
  program
    .command('load')
    .description('queue the tracks of a CSV file')
    .argument('<file>', 'CSV with a heading')
    .option(
      '--concurrency <number>',
      'calls at once, where the cluster has no streams, 1 to 1024',
      lanes,
      64,
    )
    .option('--state <file>', 'where the request ids are kept (default: FILE.csv.load)')
    .option('--restart', 'from the beginning, forgetting an earlier load', false)
    .addHelpText('after', LOAD_HELP)
    .action((file, options, command) => {
      const { concurrency, state = `${file}.load`, restart } = options
      const load = { file, stateFile: state, lanes: concurrency, restart }
      return perform(command, (session) => loadFile(session, load), 'silent')
    })
}

function addList(
  program: Command,
  perform: Perform,
  name: string,
  description: string,
  rpc: 'GetQueue' | 'GetHistory',
): void {
  program
    .command(name)
    .description(description)
    .option('--offset <number>', 'tracks to leave out at the front', wholeNumber, 0)
    .option('--limit <number>', 'tracks at most; 0: as many as fit a message', wholeNumber, 0)
    .option('--all', 'all, page by page', false)
    .addHelpText('after', `\nExample:\n  music-queue ${name} --limit 10`)
    .action(({ offset, limit, all }, command) =>
      perform(command, (session) => list(session, rpc, { offset, limit, all })),
    )
}
