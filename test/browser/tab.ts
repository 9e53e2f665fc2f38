import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { eventually } from '../child.ts'
import { chromiumFlags, chromiumOrInstall } from './chromium.ts'
import { WATCH } from './in-page.ts'

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** What Chromium says of a server that is away. */
export const OFFLINE =
  /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/

/** What people look through. */
export const SIZES = {
  desktop: { width: 1440, height: 900 },
  poster: { width: 1440, height: 1120 },
  projector: { width: 1024, height: 768 },
  phone: { width: 390, height: 844 },
} as const

export interface TabOptions {
  readonly size?: keyof typeof SIZES
  readonly colors?: 'light' | 'dark'
  readonly reducedMotion?: boolean
  /** Device pixels per pixel. */
  readonly scale?: number
}

interface Shift {
  readonly value: number
  readonly at: number
  readonly of: readonly string[]
}

/** A headless Chromium of this machine. The caller closes it. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumOrInstall(), args: [...chromiumFlags()] })
}

/** One page and all that went wrong in it. */
export class Tab implements AsyncDisposable {
  readonly page: Page
  /** Errors on the console, exceptions, and what the policy of the page forbade. */
  readonly problems: string[] = []
  readonly #context: BrowserContext
  #expected: RegExp[] = []

  private constructor(page: Page, context: BrowserContext) {
    this.page = page
    this.#context = context
    page.on('console', (message) => {
      if (message.type() === 'error') this.#problem(`${message.text()} ${message.location().url}`)
    })
    page.on('pageerror', (error) => this.#problem(`exception: ${error.stack ?? error.message}`))
    page.on('crash', () => this.#problem('the page crashed'))
  }

  static async open(browser: Browser, url: string, options: TabOptions = {}): Promise<Tab> {
    const { size = 'desktop', colors = 'light', reducedMotion = false, scale = 1 } = options
    const context = await browser.newContext({
      viewport: SIZES[size],
      colorScheme: colors,
      reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
      deviceScaleFactor: scale,
      hasTouch: size === 'phone',
      isMobile: size === 'phone',
      locale: 'en-GB',
      timezoneId: 'UTC',
    })
    context.setDefaultTimeout(30_000)
    await context.addInitScript(WATCH)
    const page = await context.newPage()
    const tab = new Tab(page, context)
    await page.goto(url)
    return tab
  }

  /** From now on such a problem is what the test brings about. */
  expect(problem: RegExp): void {
    this.#expected.push(problem)
  }

  /** Layout shifts that no input caused, since `since` milliseconds of the page's clock. */
  async shifts(since = 0): Promise<readonly Shift[]> {
    const all: readonly Shift[] = await this.page.evaluate('window.__seen.shifts')
    return all.filter(({ at }) => at >= since)
  }

  /** The page's clock, milliseconds. */
  now(): Promise<number> {
    return this.page.evaluate('performance.now()')
  }

  /** Nothing was forbidden, nothing was thrown. */
  async assertSound(): Promise<void> {
    const violations: readonly string[] = await this.page.evaluate('window.__seen.violations')
    const all = [...this.problems, ...violations.map((each) => `forbidden by policy: ${each}`)]
    assert.deepEqual(
      all.filter((problem) => !this.#expected.some((expected) => expected.test(problem))),
      [],
    )
  }

  /** No rule of accessibility is broken in a way that axe calls serious or critical. */
  async assertAccessible(what: string): Promise<void> {
    await this.page.evaluate(readFileSync(axePath, 'utf8'))
    const { violations, passes }: AxeResults = await this.page.evaluate(
      `axe.run(document, { resultTypes: ['violations'] })`,
    )
    const looked = passes.length + violations.length
    assert.ok(looked > 10, `axe looked at ${looked} rules only`)
    const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    assert.deepEqual(
      bad.map(({ id, help, nodes }) => ({ id, help, at: nodes.slice(0, 5).map(describe) })),
      [],
      what,
    )
  }

  /** Waits until a script in the page gives true. */
  async until(what: string, script: string): Promise<void> {
    await eventually(what, () => this.page.evaluate(script) as Promise<boolean>)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close()
  }

  #problem(text: string): void {
    this.problems.push(text)
  }
}

interface AxeNode {
  readonly target: readonly string[]
  readonly failureSummary?: string
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string
    readonly impact: string | null
    readonly help: string
    readonly nodes: readonly AxeNode[]
  }[]
  readonly passes: readonly unknown[]
}

function describe({ target, failureSummary = '' }: AxeNode): string {
  return `${target.join(' ')}: ${failureSummary.replaceAll(/\s+/g, ' ')}`
}
