import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { eventually } from '../child.ts'
import { FOCUSED, MOVING, SIDEWAYS } from './in-page.ts'
import { Tab } from './tab.ts'

/** A page over a cluster that can be put to work. */
export interface Looked {
  readonly browser: Browser
  readonly url: string
  /** One change; it may be refused. */
  change(index: number): Promise<void>
}

const LOOKS = [
  { size: 'desktop', colors: 'light' },
  { size: 'desktop', colors: 'dark' },
  { size: 'phone', colors: 'light' },
  { size: 'phone', colors: 'dark' },
] as const

/** Less than this is a bar that is drawn anew, or a sign within its place; 0.1 is what is called poor. */
const FIDGET = 0.0001

const LIVE = '[data-testid=connection][data-state=live]'

async function opened(looked: Looked, options: Parameters<typeof Tab.open>[2]): Promise<Tab> {
  const tab = await Tab.open(looked.browser, `${looked.url}/`, options)
  tab.expect(/status of 409/)
  await tab.page.locator(LIVE).waitFor()
  return tab
}

/** Changes one after the other until `run` has ended; fails if there were fewer than `least`. */
async function atWork(looked: Looked, least: number, run: () => Promise<void>): Promise<void> {
  let [done, over] = [0, false]
  const working = (async () => {
    for (; !over || done < least; done += 1) await looked.change(done)
  })()
  await eventually('changes are made', () => done >= least / 2)
  await run()
  over = true
  await working
}

/** What holds of both pages, however they look. `name` begins the titles. */
export function testLooks(name: string, looked: () => Looked): void {
  for (const look of LOOKS) {
    test(`${name}: nothing serious for axe, nothing beyond the edge: ${look.colors}, ${look.size}`, async () => {
      await using tab = await opened(looked(), look)
      for (const each of await panels(tab)) {
        await each.show()
        await tab.assertAccessible(`${each.name}, ${look.colors}, ${look.size}`)
        assert.equal(await tab.page.evaluate(SIDEWAYS), 0, `${each.name} scrolls sideways`)
      }
      await tab.assertSound()
    })
  }

  test(`${name}: nothing moves by itself while events stream in`, async () => {
    await using tab = await opened(looked(), {})
    for (const each of await panels(tab)) {
      await each.show()
      await atWork(looked(), 10, async () => undefined) // what is shown first may take its place
      const since = await tab.now()
      await atWork(looked(), 60, async () => undefined)
      const shifts = await tab.shifts(since)
      assert.deepEqual(
        shifts.filter(({ value }) => value > FIDGET),
        [],
        each.name,
      )
    }
    await tab.assertSound()
  })

  test(`${name}: who wants less motion gets none`, async () => {
    await using tab = await opened(looked(), { reducedMotion: true })
    for (const each of await panels(tab)) {
      await each.show()
      await atWork(looked(), 10, async () => {
        assert.deepEqual(await tab.page.evaluate(MOVING), [], each.name)
      })
    }
  })

  test(`${name}: Tab goes through everything, shows where it is, and comes out again`, async (t) => {
    await using tab = await opened(looked(), {})
    await goesThrough(t, tab)
  })
}

interface Panel {
  readonly name: string
  show(): Promise<void>
}

/** Where the page has tabs, each of them; else the page. */
async function panels(tab: Tab): Promise<readonly Panel[]> {
  const names = await tab.page.getByRole('tab').allTextContents()
  if (names.length === 0) return [{ name: 'the page', show: async () => undefined }]
  return names.map((name, at) => ({
    name,
    show: () => tab.page.getByRole('tab').nth(at).click(),
  }))
}

async function goesThrough(t: TestContext, tab: Tab): Promise<void> {
  const reached: string[] = []
  for (let presses = 0; presses < 400; presses += 1) {
    await tab.page.keyboard.press('Tab')
    const focused = (await tab.page.evaluate(FOCUSED)) as { what: string; shown: boolean } | null
    if (focused === null) break
    assert.ok(focused.shown, `it cannot be seen that ${focused.what} has the focus`)
    reached.push(focused.what)
  }
  assert.ok(reached.length < 400, `no way out: ${reached.slice(-10).join(', ')}`)
  assert.ok(reached.length > 5, `only ${reached.join(', ')}`)
  t.diagnostic(`${reached.length} stops`)
}
