// A program for the tests of npm start: says hello in two chunks and waits to be stopped; with
// EXIT_WITH it ends by itself once WAIT_FOR has said hello too.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const { NAME = '', EXIT_WITH, WAIT_FOR = '', READY_FOLDER = '' } = process.env
process.on('SIGTERM', () => {
  console.log(`${NAME} stops`)
  process.exit(0)
})
process.stdout.write(`${NAME} says `)
await sleep(50)
process.stdout.write('hello\n')
if (READY_FOLDER !== '') writeFileSync(join(READY_FOLDER, NAME), '')
while (EXIT_WITH === undefined || !existsSync(join(READY_FOLDER, WAIT_FOR))) await sleep(20)
process.exit(Number(EXIT_WITH))
