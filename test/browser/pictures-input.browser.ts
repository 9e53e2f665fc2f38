import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { PictureCluster } from '../../picture-2pc/test/cluster.ts'
import { eventually } from '../child.ts'
import { frames } from './in-page.ts'
import { PicturesPage } from './pictures-page.ts'
import { plain } from './png.ts'
import { openBrowser, Tab } from './tab.ts'

let browser: Browser
let cluster: PictureCluster

before(async () => {
  ;[browser, cluster] = await Promise.all([openBrowser(), PictureCluster.start()])
})

after(async () => {
  await browser?.close()
  await cluster?.stop()
})

const NAMES = [
  '<script>alert(1)<\u200b',
  '<img src=x onerror=alert(1)>.png',
  '"><svg onload=alert(1)>.png',
  '\u202egnp.txe', // the rest runs from right to left
  'صورة جميلة.png',
  '👩‍👩‍👧‍👦🏳️‍🌈.png',
  `${'é'.repeat(125)}x.png`, // 255 bytes
  "it's 100% %2F &amp; fine?.png",
]

test('names are text, whatever they hold: markup, right to left, emoji, 255 bytes', async () => {
  await using pictures = await PicturesPage.open(browser, cluster.url)
  const { page } = pictures
  page.on('dialog', (dialog) => pictures.tab.problems.push(`an alert: ${dialog.message()}`))
  for (const name of NAMES) {
    const { status, body } = await cluster.upload(name.normalize('NFC'), plain(name.length))
    assert.equal(status, 200, JSON.stringify(body))
  }
  for (const name of NAMES) {
    const card = pictures.picture(name.normalize('NFC'))
    await card.waitFor()
    await card.getByText(name.normalize('NFC'), { exact: true }).first().waitFor()
  }
  const sideways = await page.evaluate(
    'document.documentElement.scrollWidth > document.documentElement.clientWidth',
  )
  assert.equal(sideways, false, 'a long name makes the page wider')
  const [markup = ''] = NAMES
  await pictures.delete(markup)
  await pictures.ended('delete', 'committed')
  await pictures.picture(markup).waitFor({ state: 'detached' })
  assert.equal(
    await page.evaluate('document.querySelectorAll("img[src=x], svg[onload]").length'),
    0,
  )
  await pictures.tab.assertSound()
})

test('a form, an image and a script of a foreign page change nothing', async (t) => {
  const { page: url } = await foreignPage(t, cluster.url)
  await cluster.upload('mine.png', 'bytes')
  await using tab = await Tab.open(browser, url)
  const answered = tab.page.waitForResponse((response) => response.url().endsWith('/upload'))
  await tab.page.getByRole('button', { name: 'win a prize' }).click()
  const response = await answered
  assert.equal(response.status(), 403)
  assert.match(await response.text(), /FOREIGN_PAGE/)
  await tab.page.goto(url)
  const outcome = await tab.page.evaluate(`(async () => {
    const target = ${JSON.stringify(cluster.url)}
    const tries = [
      fetch(target + '/like/mine.png', { method: 'POST', mode: 'no-cors' }),
      fetch(target + '/delete-2pc/mine.png', { method: 'DELETE' }),
      fetch(target + '/list'),
    ]
    return (await Promise.allSettled(tries)).map(({ status, value }) => value?.type ?? status)
  })()`)
  assert.deepEqual(outcome, ['opaque', 'rejected', 'rejected'])
  assert.deepEqual(await cluster.holders('win.png'), [])
  const { body } = await cluster.get('/list')
  const mine = body['mine.png'] as { likes: number }
  assert.equal(mine.likes, 0)
})

/** A page of another origin that aims at the cluster. */
async function foreignPage(t: { after(run: () => void): void }, target: string) {
  const html = `<!doctype html><form method=post enctype=multipart/form-data action="${target}/upload">
    <input name=file value=x><button>win a prize</button></form>`
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end(html)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { page: `http://localhost:${port}/` }
}

test('a thousand pictures: few are in the page, scrolling stays smooth, the last is reached', async () => {
  const names = Array.from({ length: 1000 }, (_, at) => `many-${String(at).padStart(4, '0')}.png`)
  const left = names.values()
  const uploadSome = async () => {
    for (const name of left) {
      const { status } = await cluster.upload(name, plain(name.charCodeAt(8)))
      assert.equal(status, 200)
    }
  }
  await Promise.all(Array.from({ length: 16 }, uploadSome))
  await using pictures = await PicturesPage.open(browser, cluster.url)
  const { page } = pictures
  await page.getByRole('searchbox', { name: 'Search pictures' }).fill('many-')
  await pictures.picture('many-0000.png').waitFor()
  const gallery = page.getByRole('region', { name: 'Pictures', exact: true })
  const box = await gallery.boundingBox()
  assert.ok(box !== null)
  await page.mouse.move(box.x + box.width / 2, box.y + Math.min(box.height / 2, 300))
  const measuring = page.evaluate(frames(2000)) as Promise<readonly number[]>
  await eventually('the last is there', async () => {
    await page.mouse.wheel(0, 2000)
    return (await pictures.picture('many-0999.png').count()) === 1
  })
  const gaps = await measuring
  const inPage = await page.getByTestId('picture').count()
  assert.ok(inPage <= 250, `${inPage} of a thousand pictures are in the page at once`)
  console.log(`longest frame while scrolling: ${Math.max(...gaps).toFixed(0)} ms`)
  await pictures.tab.assertSound()
})
