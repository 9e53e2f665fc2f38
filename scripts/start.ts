// npm start [-- CLUSTER]: runs the clusters, or one of them, as processes of this machine until Ctrl-C.
import { createServer } from 'node:net'
import { join } from 'node:path'
import { clusters, type Member } from './clusters.ts'
import { together } from './together.ts'

const BUILD = join(import.meta.dirname, '..')
const DATA = join(BUILD, '..', 'data')
const HOST = process.env['HOST'] || '127.0.0.1'

process.exitCode = await start(process.argv.slice(2))

/** Resolves with the exit code. */
async function start(words: readonly string[]): Promise<number> {
  const all = clusters(DATA)
  const names = Object.keys(all)
  const chosen = words.length === 0 ? names : words
  if (chosen.some((name) => !names.includes(name))) {
    console.error(`usage: npm start [-- ${names.join(' | ')}]     (none: all of them)`)
    return 2
  }
  const members = names.filter((name) => chosen.includes(name)).flatMap((name) => all[name] ?? [])
  const taken = await portsTaken(members)
  if (taken.length > 0) {
    console.error(taken.join('\n'))
    console.error('Stop what uses them: containers of this cluster, or another npm start.')
    return 1
  }
  for (const { name, ports } of members) console.log(`${name}: ${listed(ports)}`)
  console.log(`Data is in ${DATA}. Ctrl-C stops all.`)
  return together(
    members.map(({ name, main, env }) => ({
      name,
      main: join(BUILD, main),
      env: { ...env, HOST },
    })),
    process,
  )
}

function listed(ports: Member['ports']): string {
  const urls = Object.entries(ports).map(([what, port]) =>
    what === 'HTTP' ? `http://${HOST}:${port}` : `${what} ${HOST}:${port}`,
  )
  return urls.join(', ')
}

async function portsTaken(members: readonly Member[]): Promise<readonly string[]> {
  const taken: string[] = []
  for (const { name, ports } of members) {
    for (const [what, port] of Object.entries(ports)) {
      const problem = await cannotListen(port)
      if (problem !== null) taken.push(`port ${port} (${name} ${what}) cannot be used: ${problem}`)
    }
  }
  return taken
}

/** Why nothing can listen on the port, or null. */
function cannotListen(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'EADDRINUSE' ? 'it is in use already' : error.message),
    )
    server.listen(port, HOST, () => server.close(() => resolve(null)))
  })
}
