import assert from 'node:assert/strict'
import type { NodeId, Term } from '../messages.ts'
import { log, member, type TestOptions } from './build.ts'
import { Cluster } from './cluster.ts'
import { describeEvent, describeMessage } from './describe.ts'

/*
 * A scenario is a story in plain text. Lines of commands, then ----, then what happened, then a
 * blank line. Commands:
 *
 *   cluster 5 [prevote=off] [checkquorum=off] [entries=1] [trailing=0]   servers n1..n5
 *   logs n1=1,1,2@3 n2=1  what their disks hold: the term of entry 1, 2, 3 …, and after @ their term
 *   elect n1              its election timeout passes; then settle
 *   campaign n1           the same without settling
 *   propose n1 song-a     to n1, as a client
 *   tick 3                time passes, messages arrive
 *   settle                messages arrive until none are left
 *   cut n1 n2 / isolate n1 n2 / heal
 *   lose AppendEntries    from now on: every such message
 *   lose term=4           from now on: AppendEntries with entries of term 4
 *   crash n1 / restart n1 / wipe n1 / join n4 / compact n1
 *   transfer n1 n3 / add n1 n4 / promote n1 n4 / remove n1 n4
 *   quiet / aloud         leave the messages out of the story, or not
 *   show                  every server and its log
 */

type Command = (story: Scenario, args: readonly string[]) => void

const id = (name: string | undefined): NodeId => {
  const number = Number(/^n(\d+)$/.exec(name ?? '')?.[1])
  assert(Number.isInteger(number), `${name} is not the name of a server`)
  return number
}

const COMMANDS: Readonly<Record<string, Command>> = {
  cluster: (story, [size, ...rest]) => story.begin(Number(size), setup(rest)),
  logs: (story, args) => {
    for (const arg of args) story.load(arg)
  },
  elect: (story, [name]) => story.cluster.elect(id(name)),
  propose: (story, [name, text]) => {
    story.cluster.propose(id(name), text ?? '')
  },
  tick: (story, [times]) => story.cluster.tick(Number(times ?? 1)),
  settle: (story) => story.cluster.settle(),
  cut: (story, [a, b]) => story.cluster.partition([id(a)], [id(b)]),
  isolate: (story, names) => story.cluster.isolate(...names.map(id)),
  heal: (story) => story.cluster.heal(),
  lose: (story, [what]) => {
    const term = Number(/^term=(\d+)$/.exec(what ?? '')?.[1])
    story.cluster.filter = (m) =>
      m.type !== what && !(m.type === 'AppendEntries' && m.entries.some((e) => e.term === term))
  },
  campaign: (story, [name]) => story.cluster.step(id(name), { kind: 'campaign' }),
  crash: (story, [name]) => story.cluster.crash(id(name)),
  restart: (story, [name]) => story.cluster.restart(id(name)),
  wipe: (story, [name]) => story.cluster.wipe(id(name)),
  join: (story, [name]) => {
    story.cluster.add(id(name), true)
  },
  compact: (story, [name]) => {
    story.cluster.server(id(name)).compact()
  },
  transfer: (story, [from, to]) => {
    story.cluster.transfer(id(from), id(to))
  },
  add: (story, [leader, name]) => {
    story.cluster.change(id(leader), { kind: 'addLearner', member: member(id(name)) })
  },
  promote: (story, [leader, name]) => {
    story.cluster.change(id(leader), { kind: 'promote', id: id(name) })
  },
  remove: (story, [leader, name]) => {
    story.cluster.change(id(leader), { kind: 'remove', id: id(name) })
  },
  quiet: (story) => {
    story.aloud = false
  },
  aloud: (story) => {
    story.aloud = true
  },
  show: (story) => story.show(),
}

function setup(words: readonly string[]): TestOptions {
  const given = new Map(words.map((word) => word.split('=') as [string, string]))
  const on = (name: string) => given.get(name) !== 'off'
  const number = (name: string) => {
    const value = given.get(name)
    return value === undefined ? null : Number(value)
  }
  const [entries, trailing] = [number('entries'), number('trailing')]
  const inflight = number('inflight')
  return {
    preVote: on('prevote'),
    checkQuorum: on('checkquorum'),
    ...(entries === null ? {} : { maxMessageEntries: entries }),
    ...(trailing === null ? {} : { trailingEntries: trailing }),
    ...(inflight === null ? {} : { maxInflightMessages: inflight }),
  }
}

export class Scenario {
  #cluster: Cluster | null = null
  #lines: string[] = []
  aloud = true

  get cluster(): Cluster {
    assert(this.#cluster !== null, 'a scenario begins with "cluster"')
    return this.#cluster
  }

  begin(size: number, options: TestOptions): void {
    const cluster = new Cluster({ size, ...options })
    cluster.observe = (message) => {
      this.#collectEvents()
      const line = describeMessage(message)
      if (this.aloud && line !== null) this.#lines.push(`n${message.from} → n${message.to} ${line}`)
    }
    cluster.afterStep = () => this.#collectEvents()
    this.#cluster = cluster
  }

  load(arg: string): void {
    const [name, rest] = arg.split('=')
    const [terms, current] = (rest ?? '').split('@')
    const server = this.cluster.server(id(name))
    const entries = log(...(terms ?? '').split(',').filter(Boolean).map(Number))
    server.crash()
    server.disk.entries = entries
    const currentTerm: Term = Number(current ?? entries.at(-1)?.term ?? 0)
    server.disk.hardState = { currentTerm, votedFor: null, recovering: 0 }
    server.start()
  }

  show(): void {
    for (const server of this.cluster.servers.values()) {
      if (!server.alive) {
        this.#lines.push(`n${server.id} down`)
        continue
      }
      const { role, currentTerm, commitIndex, snapshot } = server.status
      const terms = server.disk.entries.map(({ term }) => term).join(' ')
      const start = snapshot === null ? '' : `…${snapshot.lastIncludedIndex}| `
      const line =
        `n${server.id} ${role} term=${currentTerm} commit=${commitIndex} log=${start}${terms}`.trimEnd()
      this.#lines.push(line)
    }
  }

  #collectEvents(): void {
    for (const server of this.cluster.alive) {
      for (const event of server.events.splice(0)) {
        const line = describeEvent(event)
        if (line !== null) this.#lines.push(`n${server.id} ${line}`)
      }
      for (const answer of server.answers.splice(0)) {
        if (answer.kind === 'accepted') continue
        const reason = answer.kind === 'refused' ? ` ${answer.reason}` : ''
        this.#lines.push(`n${server.id} answers ${answer.kind}${reason}`)
      }
    }
  }

  run(commands: readonly string[]): string[] {
    this.#lines = []
    for (const command of commands) {
      const [word, ...args] = command.replace(/#.*/, '').trim().split(/\s+/)
      if (word === undefined || word === '') continue
      const action = COMMANDS[word]
      assert(action !== undefined, `no command "${word}"`)
      action(this, args)
      if (this.#cluster !== null) this.#collectEvents()
    }
    return this.#lines
  }
}

/** The whole file with what happens now under each ----. */
export function rewrite(text: string): string {
  const scenario = new Scenario()
  const out: string[] = []
  let commands: string[] = []
  let expected = false
  for (const line of text.split('\n')) {
    if (line === '----') {
      out.push(line, ...scenario.run(commands))
      commands = []
      expected = true
    } else if (line === '') {
      out.push(line)
      expected = false
    } else if (!expected) {
      out.push(line)
      commands.push(line)
    }
  }
  return out.join('\n')
}
