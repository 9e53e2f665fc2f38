import { benchTwoPhaseCommit } from '../picture-2pc/bench/two-phase-commit.ts'

const USAGE = `npm run bench -- 2pc            DELETE /delete-2pc at concurrency 1, 8, 32, 128
npm run bench -- 2pc --memory   memory over 100,000 transactions and 100 uploads of 32 MiB at once
Options: --seconds N (per concurrency, default 8)  --rounds N (default 3)  --out FILE.json`

/** What follows a flag, or the default. */
function option(name: string, otherwise: string): string {
  const at = process.argv.indexOf(name)
  return (at === -1 ? undefined : process.argv[at + 1]) ?? otherwise
}

const [, , what] = process.argv
if (what === '2pc') {
  await benchTwoPhaseCommit({
    seconds: Number(option('--seconds', '8')),
    rounds: Number(option('--rounds', '3')),
    memory: process.argv.includes('--memory'),
    out: option('--out', ''),
  })
} else {
  console.error(USAGE)
  process.exitCode = 2
}
