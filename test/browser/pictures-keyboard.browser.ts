import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { PictureCluster } from '../../picture-2pc/test/cluster.ts'
import { eventually } from '../child.ts'
import { PicturesPage } from './pictures-page.ts'
import { plain } from './png.ts'
import { openBrowser } from './tab.ts'

let browser: Browser
let cluster: PictureCluster

before(async () => {
  ;[browser, cluster] = await Promise.all([openBrowser(), PictureCluster.start()])
})

after(async () => {
  await browser?.close()
  await cluster?.stop()
})

/** Presses Tab until this has the focus: what Tab does not reach, no keyboard does. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor({ state: 'attached' })
  for (let presses = 0; presses < 200; presses += 1) {
    if (await target.evaluate((each) => each === each.ownerDocument.activeElement)) return
    await page.keyboard.press('Tab')
  }
  assert.fail(`Tab does not reach ${target}`)
}

test('a keyboard is enough: choose a file, like, read the details, change one’s mind, delete', async () => {
  await using pictures = await PicturesPage.open(browser, cluster.url)
  const { page } = pictures
  await tabTo(page, page.getByTestId('file-input'))
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.keyboard.press('Enter'),
  ])
  await chooser.setFiles({ name: 'keys.png', mimeType: 'image/png', buffer: plain(3) })
  const card = pictures.picture('keys.png')
  await tabTo(page, card.getByRole('button', { name: 'Like keys.png' }))
  await page.keyboard.press('Space')
  const liked = await pictures.ended('like', 'committed')
  await tabTo(page, page.getByRole('button', { name: `Details of ${liked}` }))
  await page.keyboard.press('Enter')
  const details = page.getByRole('dialog', { name: new RegExp(liked) })
  await details.waitFor()
  assert.ok(await details.evaluate((each) => each.contains(each.ownerDocument.activeElement)))
  await page.keyboard.press('Escape')
  await details.waitFor({ state: 'hidden' })
  const name = (await page.evaluate('document.activeElement.ariaLabel')) as string
  assert.equal(name, `Details of ${liked}`, 'the focus is back where it was')
  const remove = card.getByRole('button', { name: 'Delete keys.png from all nodes' })
  await tabTo(page, remove)
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  assert.equal((await cluster.holders('keys.png')).length, 3, 'nothing was deleted')
  await tabTo(page, remove)
  await page.keyboard.press('Enter')
  await tabTo(page, page.getByRole('dialog').getByRole('button', { name: 'Delete from all nodes' }))
  await page.keyboard.press('Enter')
  await card.waitFor({ state: 'detached' })
  await eventually('it is deleted', async () => (await cluster.holders('keys.png')).length === 0)
  assert.notEqual(
    await page.evaluate('document.activeElement.tagName'),
    'BODY',
    'the focus is lost with what was deleted',
  )
  await pictures.tab.assertSound()
})
