// Runs two programs as npm start does.
import { join } from 'node:path'
import { together } from '../together.ts'

const main = join(import.meta.dirname, 'program.js')
const { EXIT_WITH } = process.env
delete process.env['EXIT_WITH']
process.exitCode = await together(
  [
    { name: 'one', main, env: { NAME: 'one' } },
    {
      name: 'second',
      main,
      env: { NAME: 'second', ...(EXIT_WITH === undefined ? {} : { EXIT_WITH }) },
    },
  ],
  process,
)
