import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { eventually } from '../child.ts'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../../..')
const OUTPUT = { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 }

/** Runs a program at the root of the project. Resolves with its standard output, trimmed. */
export async function command(program: string, ...words: readonly string[]): Promise<string> {
  return (await run(program, words, OUTPUT)).stdout.trim()
}

/** `docker …` */
export function docker(...words: readonly string[]): Promise<string> {
  return whenPortsAreFree(() => command('docker', ...words))
}

/** Somewhat longer than a closed connection keeps its port (TIME_WAIT, 60 s on Linux). */
const PORT_WAIT_MS = 75_000

/**
 * Does something that publishes ports, again while one of them is taken. Most of the ports in the compose
 * files are among those the system gives to outgoing connections: one that any program opened a
 * moment ago may have such a port until it is over. What is done must bear to be done twice.
 */
async function whenPortsAreFree<T>(act: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + PORT_WAIT_MS; ; await setTimeout(1_000)) {
    try {
      return await act()
    } catch (error) {
      if (!String(error).includes('address already in use') || Date.now() > end) throw error
      console.error('a port of the compose file is taken by a connection: waiting for its end')
    }
  }
}

/** What `docker inspect` tells about a container, as far as tests look at it. */
export interface Inspected {
  readonly State: {
    readonly ExitCode: number
    readonly Health?: { readonly Status: string }
  }
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean
    readonly CapDrop: readonly string[] | null
    readonly SecurityOpt: readonly string[] | null
    readonly Init: boolean | null
    readonly RestartPolicy: { readonly Name: string }
    readonly LogConfig: { readonly Config: Readonly<Record<string, string>> }
    readonly PortBindings: Readonly<
      Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[]>
    >
  }
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>>
  }
}

/** A compose file brought up under a project name of the test's own, so that no data of a user is touched. */
export class Compose {
  readonly project: string
  readonly #program: readonly string[]
  readonly #files: readonly string[]
  readonly #containers: readonly string[]

  private constructor(
    program: readonly string[],
    files: readonly string[],
    project: string,
    containers: readonly string[],
  ) {
    this.#program = program
    this.#files = files
    this.project = project
    this.#containers = containers
  }

  /**
   * Finds docker-compose, or Compose v2, and removes what an earlier run under this project name left.
   * Rejects when somebody else has containers of these names: they are not ours to remove. More than
   * one file: the later ones override the first.
   */
  static async prepare(
    files: string | readonly string[],
    project: string,
    containers: readonly string[],
  ) {
    const program = await composeProgram()
    const compose = new Compose(program, [files].flat(), project, containers)
    await docker('rm', '-f', compose.#holder).catch(() => undefined)
    await compose.down()
    const names = (await docker('ps', '-a', '--format', '{{.Names}}')).split('\n')
    const taken = containers.filter((name) => names.includes(name))
    if (taken.length > 0) {
      throw new Error(`there are containers named ${taken.join(', ')}: stop and remove them first`)
    }
    return compose
  }

  /** `docker-compose -f FILE …`, with variables added to its environment. */
  async run(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
    const [program = '', ...first] = this.#program
    const files = this.#files.flatMap((file) => ['-f', file])
    const all = [...first, '-p', this.project, ...files, ...words]
    await whenPortsAreFree(() => run(program, all, { ...OUTPUT, env: { ...process.env, ...env } }))
  }

  down(): Promise<void> {
    return this.run(['down', '--volumes'])
  }

  /** What a process logged since its container was made, or since `from` lines: messages without time and level. */
  async messages(container: string, from = 0): Promise<readonly string[]> {
    const lines = (await docker('logs', container)).split('\n').filter((line) => line !== '')
    return lines.slice(from).map((line) => line.replace(/^\S+ [A-Z]+ +/, ''))
  }

  /** How many lines it logged. */
  async lineCount(container: string): Promise<number> {
    return (await this.messages(container)).length
  }

  async logged(container: string, pattern: RegExp, from = 0): Promise<void> {
    await eventually(`${container} logs ${pattern}`, async () =>
      (await this.messages(container, from)).some((line) => pattern.test(line)),
    )
  }

  async inspect(container: string): Promise<Inspected> {
    const [inspected] = JSON.parse(await docker('inspect', container)) as Inspected[]
    if (inspected === undefined) throw new Error(`no container ${container}`)
    return inspected
  }

  /** Its address on the project's network. */
  async address(container: string): Promise<string> {
    const { Networks } = (await this.inspect(container)).NetworkSettings
    return Object.values(Networks)[0]?.IPAddress ?? ''
  }

  /** Does something while a container of no further use holds this address, the lowest free one. */
  async occupying(network: string, address: string, act: () => Promise<unknown>): Promise<void> {
    const image = await docker('inspect', '--format', '{{.Image}}', this.#containers[0] ?? '')
    const name = `${this.project}-placeholder`
    await docker('run', '-d', '--rm', '--name', name, '--network', network, image, 'sleep', '60')
    try {
      const held = await this.address(name)
      if (held !== address) throw new Error(`the engine gave ${held}, not ${address}`)
      await act()
    } finally {
      await docker('rm', '-f', name)
    }
  }

  /** Cuts a container off its network, which lost its connections without a word; `join` ends it. */
  async cut(container: string, network: string): Promise<void> {
    await docker('network', 'disconnect', `${this.project}_${network}`, container)
  }

  /** Connects it again, under its own name and the aliases given. */
  async join(container: string, network: string, ...aliases: readonly string[]): Promise<void> {
    const named = [container, ...aliases].flatMap((alias) => ['--alias', alias])
    await docker('network', 'connect', ...named, `${this.project}_${network}`, container)
  }

  /** Makes a container anew on an empty volume of the same name. */
  async wipe(service: string): Promise<void> {
    await docker('kill', service) // what it would still write in good order is lost anyway
    await this.run(['rm', '-f', service])
    await docker('volume', 'rm', `${this.project}_${service}`)
    await this.run(['up', '-d', '--no-deps', service])
  }

  /**
   * Holds a volume, so that one in memory outlives its container, with this much of it used up. Resolves
   * with what frees that space; `down` cannot remove the volume before `release`.
   */
  async occupy(
    volume: string,
    megabytes: number,
  ): Promise<{ free(): Promise<void>; release(): Promise<void> }> {
    const mounted = `${this.project}_${volume}:/data`
    const image = await docker('image', 'inspect', '--format', '{{.Id}}', await this.#image())
    await docker(
      'run',
      '-d',
      '--init',
      '--name',
      this.#holder,
      '-v',
      mounted,
      image,
      'sleep',
      '3600',
    )
    const fill = `dd if=/dev/zero of=/data/filler bs=1M count=${megabytes}`
    await docker('exec', this.#holder, 'sh', '-c', fill)
    return {
      free: async () => void (await docker('exec', this.#holder, 'rm', '/data/filler')),
      release: async () => void (await docker('rm', '-f', this.#holder)),
    }
  }

  /** Name of the container that holds a volume. */
  get #holder(): string {
    return `${this.project}-holder`
  }

  /** The image of one of its containers. */
  async #image(): Promise<string> {
    for (const container of this.#containers) {
      const image = await docker('inspect', '--format', '{{.Image}}', container).catch(() => '')
      if (image !== '') return image
    }
    throw new Error('no container is there yet')
  }

  /** The last lines of every container, for a test that failed. */
  async tails(): Promise<string> {
    const tails = await Promise.all(
      this.#containers.map(async (name) => {
        const lines = await this.messages(name).catch(() => ['(no such container)'])
        return [`--- ${name}`, ...lines.slice(-25)].join('\n')
      }),
    )
    return tails.join('\n')
  }
}

async function composeProgram(): Promise<readonly string[]> {
  for (const program of [['docker-compose'], ['docker', 'compose']]) {
    const [name = '', ...words] = program
    try {
      await command(name, ...words, 'version')
      return program
    } catch {
      // the other one, then
    }
  }
  throw new Error('neither docker-compose nor docker compose is there')
}
