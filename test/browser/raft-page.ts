import type { Browser, Locator } from 'playwright-core'
import type { Node } from '../../music-raft/test/cluster.ts'
import { eventually } from '../child.ts'
import { attribute } from './selector.ts'
import { Tab, type TabOptions } from './tab.ts'

/** The page of a Raft node, as a person uses it. */
export class RaftPage implements AsyncDisposable {
  readonly tab: Tab

  private constructor(tab: Tab) {
    this.tab = tab
  }

  /** Opens the page of this node and waits until it is live. */
  static async open(browser: Browser, node: Node, options: TabOptions = {}): Promise<RaftPage> {
    const opened = new RaftPage(
      await Tab.open(browser, `http://127.0.0.1:${node.httpPort}/`, options),
    )
    await opened.connected('live')
    return opened
  }

  get page() {
    return this.tab.page
  }

  async connected(state: 'live' | 'lost'): Promise<void> {
    await this.page.locator(`[data-testid=connection][data-state=${state}]`).waitFor()
  }

  node({ id }: Node, more = ''): Locator {
    return this.page.locator(`[data-testid=node-${id}]${more}`)
  }

  /** How many nodes the page says it hears. */
  async heard(): Promise<number> {
    return this.page.locator('[data-testid^=node-][data-knowledge=live]').count()
  }

  /** Looks through all that is told of what happened, newest first, until such a line is found. */
  async happened(kind: string, node: Node, words: RegExp): Promise<void> {
    const list = this.page.getByRole('region', { name: 'What happened, newest first' })
    const line = list
      .locator(`[data-kind=${kind}]`)
      .filter({ hasText: `Node ${node.id}` })
      .filter({ hasText: words })
    let top = 0
    await eventually(`it is told that ${kind} ${words} at node ${node.id}`, async () => {
      if ((await line.count()) > 0) return true
      const height = await list.evaluate((each) => each.scrollHeight)
      top = top > height ? 0 : top + 200
      await list.evaluate((each, to) => each.scrollTo(0, to), top)
      return false
    })
  }

  async show(tab: 'Cluster' | 'Queue' | 'Members'): Promise<void> {
    await this.page.getByRole('tab', { name: tab }).click()
  }

  track(id: string): Locator {
    return this.page.locator(`[data-testid=track][data-track=${attribute(id)}]`)
  }

  /** The ids of the queue in the order shown. */
  async queue(): Promise<readonly string[]> {
    return this.page
      .getByTestId('track')
      .evaluateAll((all) => all.map((track) => track.getAttribute('data-track') ?? ''))
  }

  async add({ id = '', title = '', artist = '', length = '1:40' }): Promise<void> {
    const form = this.page.getByTestId('add-form')
    await form.getByLabel('Id').fill(id)
    await form.getByLabel('Title').fill(title)
    await form.getByLabel('Artist').fill(artist)
    await form.getByLabel('Length').fill(length)
    await form.getByRole('button', { name: 'Add' }).click()
  }

  /** Waits until each change that this page asked for has been answered. */
  async settled(): Promise<void> {
    const changes = this.page.getByRole('region', { name: 'Your changes' })
    await changes.getByText('each takes effect once').waitFor()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tab[Symbol.asyncDispose]()
  }
}
