// A program for the tests of npm start: says hello in two chunks, then does as its environment says.
import { setTimeout as sleep } from 'node:timers/promises'

const { NAME = '', EXIT_WITH } = process.env
process.stdout.write(`${NAME} says `)
await sleep(50)
process.stdout.write('hello\n')
if (EXIT_WITH !== undefined) process.exit(Number(EXIT_WITH))
process.on('SIGTERM', () => {
  console.log(`${NAME} stops`)
  process.exit(0)
})
setInterval(() => undefined, 1000)
