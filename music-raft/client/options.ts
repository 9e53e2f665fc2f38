import { InvalidArgumentError } from 'commander'

/** Parsers of option values. All throw commander's InvalidArgumentError, which exits with usage. */

/** A node's id. */
export function nodeId(text: string): number {
  const id = wholeNumber(text)
  if (id < 1) throw new InvalidArgumentError('a node is named by its id, 1 or more.')
  return id
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('it must be a whole number.')
  return Number(text)
}

/** As int32 on the wire; whether the value makes sense is for the cluster to say. */
export function seconds(text: string): number {
  if (!/^-?\d{1,9}$/.test(text)) {
    throw new InvalidArgumentError('it must be a whole number of seconds.')
  }
  return Number(text)
}

export function trueOrFalse(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new InvalidArgumentError('it is true or false.')
  return text === 'true'
}

/** `5`, `2.5s` or `300ms`. Returns milliseconds. */
export function duration(text: string): number {
  const [, amount, unit] = /^(\d{1,6}(?:\.\d{1,3})?)(ms|s)?$/.exec(text) ?? []
  const ms = Number(amount) * (unit === 'ms' ? 1 : 1000)
  if (amount === undefined || ms < 1) {
    throw new InvalidArgumentError('it must be a time like 5, 2.5s or 300ms.')
  }
  return Math.round(ms)
}

export function lanes(text: string): number {
  const count = wholeNumber(text)
  if (count < 1 || count > 1024) throw new InvalidArgumentError('it must be from 1 to 1024.')
  return count
}

/** Where peers reach a node. */
export function address(text: string): string {
  if (!/^(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]+):\d{1,5}$/.test(text)) {
    throw new InvalidArgumentError('it must be host:port, for example raft-node6:50050.')
  }
  return text
}

export function clientId(text: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) {
    throw new InvalidArgumentError('it must be a UUID.')
  }
  return text.toLowerCase()
}
