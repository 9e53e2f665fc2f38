// Runs two programs as npm start does; the second one is given SECOND's variables.
import { join } from 'node:path'
import { together } from '../together.ts'

const main = join(import.meta.dirname, 'program.js')
const second = JSON.parse(process.env['SECOND'] ?? '{}') as Record<string, string>
process.exitCode = await together(
  [
    { name: 'one', main, env: { NAME: 'one' } },
    { name: 'second', main, env: { NAME: 'second', ...second } },
  ],
  process,
)
