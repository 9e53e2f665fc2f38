import type { Browser, Locator } from 'playwright-core'
import type { Node } from '../../music-raft/test/cluster.ts'
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

  async show(tab: 'Cluster' | 'Queue' | 'Members'): Promise<void> {
    await this.page.getByRole('tab', { name: tab }).click()
  }

  track(id: string): Locator {
    return this.page.locator(`[data-testid=track][data-id=${attribute(id)}]`)
  }

  /** The ids of the queue in the order shown. */
  async queue(): Promise<readonly string[]> {
    return this.page
      .getByTestId('track')
      .evaluateAll((all) => all.map((track) => track.getAttribute('data-id') ?? ''))
  }

  async add({ id = '', title = '', artist = '', duration = '100' }): Promise<void> {
    const form = this.page.getByRole('form', { name: 'Add a track' })
    await form.getByLabel('Id').fill(id)
    await form.getByLabel('Title').fill(title)
    await form.getByLabel('Artist').fill(artist)
    await form.getByLabel('Duration').fill(duration)
    await form.getByRole('button', { name: 'Add' }).click()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tab[Symbol.asyncDispose]()
  }
}
