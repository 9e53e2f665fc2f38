import assert from 'node:assert/strict'
import type { Browser, Locator } from 'playwright-core'
import { plain } from './png.ts'
import { attribute } from './selector.ts'
import { Tab, type TabOptions } from './tab.ts'

/** One thing that a swimlane shows, left to right. */
export interface Shown {
  /** `http-node1 forced commit`, `grpc-node1 → http-node1 VoteCommit` */
  readonly what: string
  readonly x: number
}

const EVERYWHERE = 'All nodes, as one transaction'
const CHOSEN = 'Chosen nodes only, without a transaction'

export const PARTICIPANTS: readonly string[] = ['grpc-node1', 'grpc-node2', 'grpc-node3']

/** The page of pictures, as a person uses it. */
export class PicturesPage implements AsyncDisposable {
  readonly tab: Tab
  readonly url: string

  private constructor(tab: Tab, url: string) {
    this.tab = tab
    this.url = url
  }

  /** Opens it and waits until it is live. */
  static async open(
    browser: Browser,
    url: string,
    options: TabOptions = {},
  ): Promise<PicturesPage> {
    const opened = new PicturesPage(await Tab.open(browser, `${url}/`, options), url)
    await opened.connected('live')
    return opened
  }

  get page() {
    return this.tab.page
  }

  async connected(state: 'live' | 'lost'): Promise<void> {
    await this.page.locator(`[data-testid=connection][data-state=${state}]`).waitFor()
  }

  node(name: string, more = ''): Locator {
    return this.page.locator(`[data-testid=node][data-node=${name}]${more}`)
  }

  picture(name: string): Locator {
    return this.page.locator(`[data-testid=picture][data-name=${attribute(name)}]`)
  }

  /** On which nodes the gallery says it is. */
  async holders(name: string): Promise<readonly string[]> {
    const badges = this.picture(name).locator('[data-testid=badge][data-held=yes]')
    const nodes = await badges.evaluateAll((all) =>
      all.map((badge) => badge.getAttribute('data-node') ?? ''),
    )
    return nodes.toSorted()
  }

  transaction(more = ''): Locator {
    return this.page.locator(`[data-testid=transaction]${more}`)
  }

  /** Chooses a file for all nodes, or for some, and waits until the page says how it ended. */
  async upload(name: string, nodes: readonly string[] = [], bytes = plain(name.length)) {
    const { page } = this
    await page.getByRole('radio', { name: nodes.length === 0 ? EVERYWHERE : CHOSEN }).check()
    for (const node of nodes.length === 0 ? [] : PARTICIPANTS)
      await page.getByRole('checkbox', { name: node }).setChecked(nodes.includes(node))
    await page
      .getByTestId('file-input')
      .setInputFiles({ name, mimeType: 'image/png', buffer: bytes })
    await this.picture(name).waitFor()
  }

  /** Asks for the delete by two-phase commit, as far as the confirmation. */
  async delete(name: string): Promise<void> {
    await this.picture(name)
      .getByRole('button', { name: `Delete ${name} from all nodes` })
      .click()
    await this.page
      .getByRole('dialog')
      .getByRole('button', { name: 'Delete from all nodes' })
      .click()
  }

  /** The newest transaction that has come to such an end; its id. */
  async ended(operation: string, state: string): Promise<string> {
    const newest = this.transaction(`[data-operation=${operation}][data-state=${state}]`).first()
    await newest.waitFor()
    const id = await newest.getAttribute('data-id')
    assert.ok(id !== null && id !== '')
    return id
  }

  /** All marks and arrows of a transaction. */
  async swimlane(id: string): Promise<readonly Shown[]> {
    const found = this.transaction(`[data-id="${id}"]`).locator(
      '[data-testid=mark], [data-testid=arrow]',
    )
    const data = await found.evaluateAll((all) => all.map((one) => ({ ...one.dataset })))
    return data.map(({ testid, node, kind, detail = '', from, to, rpc, x }) => ({
      what: testid === 'arrow' ? `${from} → ${to} ${rpc}` : `${node} ${kind} ${detail}`.trim(),
      x: Number(x),
    }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tab[Symbol.asyncDispose]()
  }
}
