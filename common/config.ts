import { z } from 'zod'

/**
 * Configuration comes from the environment alone and is checked whole at start. What is wrong is told
 * with the variable, its value and what is allowed; the process then exits with 2.
 */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'ConfigError'
  }
}

/** What is secret is not shown where it is wrong either: the sentence ends up in logs. */
const SECRET = /TOKEN|SECRET|PASSWORD/

/** Reads the variables that `shape` names. Throws ConfigError naming every one that is wrong. */
export function readConfig<S extends z.ZodRawShape>(
  environment: Readonly<Record<string, string | undefined>>,
  shape: S,
): z.output<z.ZodObject<S>> {
  const given = Object.fromEntries(
    Object.keys(shape).map((name) => [
      name,
      environment[name] === '' ? undefined : environment[name],
    ]),
  )
  const result = z.object(shape).safeParse(given)
  if (result.success) return result.data
  throw new ConfigError(
    result.error.issues.map((issue) => {
      const name = String(issue.path[0])
      const value = given[name]
      const shown = SECRET.test(name) ? 'not allowed' : JSON.stringify(value)
      const found = value === undefined ? 'is not set' : `is ${shown}`
      return `${name} ${found}: ${issue.message}.`
    }),
  )
}

/** A whole number within bounds. */
export function integer(least: number, most: number, otherwise?: number) {
  const allowed = `allowed is a whole number from ${least} to ${most}`
  const parsed = z
    .string(allowed)
    .regex(/^\d{1,15}$/, allowed)
    .transform(Number)
    .refine((value) => value >= least && value <= most, allowed)
  return otherwise === undefined ? parsed : parsed.default(otherwise)
}

/** A TCP port. */
export const port = (otherwise?: number) => integer(1, 65535, otherwise)

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/
const NAME_ALLOWED = 'letters, digits, ".", "_" and "-", at most 63, for example grpc-node1'

/** The name of a process. */
export function nodeName(otherwise?: string) {
  const parsed = z.string(`allowed are ${NAME_ALLOWED}`).regex(NAME, `allowed are ${NAME_ALLOWED}`)
  return otherwise === undefined ? parsed : parsed.default(otherwise)
}

/** A directory; made when it is not there. */
export const directory = () => {
  const allowed = 'allowed is the path of a directory this process may write to'
  return z
    .string(allowed)
    .min(1, allowed)
    .refine((path) => !path.includes('\0'), allowed)
}

/** One of a few words. */
export const oneOf = <const W extends readonly [string, ...string[]]>(
  words: W,
  otherwise: NoInfer<W[number]>,
) => z.enum(words, `allowed is one of ${words.join(', ')}`).default(otherwise as never)

/** An address a server binds to. */
export const bindAddress = () => {
  const allowed = 'allowed is an IP address or host name, for example 0.0.0.0 or 127.0.0.1'
  return z
    .string(allowed)
    .regex(/^[0-9A-Za-z.:_-]{1,253}$/, allowed)
    .default('0.0.0.0')
}

/** Where another process is found. */
export interface NamedAddress {
  readonly name: string
  /** `host:port`, as gRPC takes it. */
  readonly address: string
}

/** As many as a message of the protocols names. */
const MAX_ADDRESSES = 64

/** A list `name=host:port,name=host:port`, each name once. */
export function namedAddresses() {
  const allowed =
    'allowed is a list like grpc-node1=host:50051,grpc-node2=host:50051, each name once, at most 64'
  return z.string(allowed).transform((text, context): readonly NamedAddress[] => {
    const list = text.split(',').map(namedAddress)
    const named = list.filter((entry) => entry !== null)
    const distinct = new Set(named.map(({ name }) => name)).size
    if (named.length < list.length || distinct < named.length || distinct > MAX_ADDRESSES) {
      context.addIssue({ code: 'custom', message: allowed })
    }
    return named
  })
}

function namedAddress(text: string): NamedAddress | null {
  const match = /^\s*([^=\s]+)=(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]+):(\d{1,5})\s*$/.exec(text)
  const [, name, host, portText] = match ?? []
  if (name === undefined || !NAME.test(name) || host === undefined) return null
  const portNumber = Number(portText)
  return portNumber >= 1 && portNumber <= 65535 ? { name, address: `${host}:${portNumber}` } : null
}

/** Where the page of another process is found by a browser. */
export interface NamedUrl {
  readonly name: string
  readonly url: string
}

const URL_ALLOWED = 'an http or https address like http://localhost:18080/'

/** The address of a page; `undefined` where it is not known. */
export const pageUrl = () =>
  z
    .string()
    .refine((text) => urlOf(text) !== null, `allowed is ${URL_ALLOWED}`)
    .transform((text) => urlOf(text) ?? text)
    .optional()

/** A list `name=http://host:port/,…`, each name once; may be empty. */
export function namedUrls() {
  const allowed = 'allowed is a list like 1=http://localhost:18081/, each name once'
  return z
    .string()
    .default('')
    .transform((text, context): readonly NamedUrl[] => {
      const list = text === '' ? [] : text.split(',').map(namedUrl)
      const named = list.filter((entry) => entry !== null)
      const distinct = new Set(named.map(({ name }) => name)).size
      if (distinct < list.length || distinct > MAX_ADDRESSES) {
        context.addIssue({ code: 'custom', message: allowed })
      }
      return named
    })
}

function namedUrl(text: string): NamedUrl | null {
  const [, name = '', address = ''] = /^\s*([^=\s]+)=(\S+)\s*$/.exec(text) ?? []
  const url = urlOf(address)
  return NAME.test(name) && url !== null ? { name, url } : null
}

/** Ends up in links: nothing but a web address without a name and password in it. */
function urlOf(text: string): string | null {
  if (!URL.canParse(text)) return null
  const { protocol, username, password, href } = new URL(text)
  const isWeb = protocol === 'http:' || protocol === 'https:'
  return isWeb && username === '' && password === '' ? href : null
}

/** What every process reads. */
export const commonShape = {
  HOST: bindAddress(),
  LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'info'),
  LOG_FORMAT: oneOf(['pretty', 'json'], 'pretty'),
}
