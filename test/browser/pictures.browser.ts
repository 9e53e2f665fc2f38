import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { PictureCluster } from '../../picture-2pc/test/cluster.ts'
import { eventually } from '../child.ts'
import { PARTICIPANTS, PicturesPage, type Shown } from './pictures-page.ts'
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

/** Every one of `earlier` was before every one of `later`, and there are so many of each. */
function assertBefore(
  shown: readonly Shown[],
  [earlier, few]: readonly [RegExp, number],
  [later, many]: readonly [RegExp, number],
): void {
  const all = shown.map(({ what, x }) => `${x.toFixed(1)} ${what}`).join('\n')
  const first = shown.filter(({ what }) => earlier.test(what))
  const second = shown.filter(({ what }) => later.test(what))
  assert.deepEqual([first.length, second.length], [few, many], `${earlier}, ${later}:\n${all}`)
  const [last, next] = [Math.max(...first.map(({ x }) => x)), Math.min(...second.map(({ x }) => x))]
  assert.ok(last <= next, `${earlier} before ${later}:\n${all}`)
}

test('an upload appears with the nodes that hold it, a delete shows its commit in order and is gone', async () => {
  await using pictures = await PicturesPage.open(browser, cluster.url)
  await pictures.upload('first.png')
  await eventually('all hold it', async () => (await pictures.holders('first.png')).length === 3)
  assert.deepEqual(await cluster.holders('first.png'), PARTICIPANTS)
  await pictures.delete('first.png')
  await pictures.picture('first.png').waitFor({ state: 'detached' })
  assert.deepEqual(await cluster.holders('first.png'), [])
  const id = await pictures.ended('delete', 'committed')
  let shown: readonly Shown[] = []
  const isDrawn = (all: readonly Shown[]) =>
    all.filter(({ what }) => what.endsWith(' Ack')).length === 3
  await eventually('three Acks are drawn', async () => {
    shown = await pictures.swimlane(id)
    return isDrawn(shown)
  })
  for (const node of PARTICIPANTS) {
    const vote = new RegExp(`^${node} → http-node1 VoteCommit`)
    const ack = new RegExp(`^${node} → http-node1 Ack`)
    assertBefore(shown, [new RegExp(`^${node} forced prepare`), 1], [vote, 1])
    assertBefore(shown, [new RegExp(`^${node} forced commit`), 1], [ack, 1])
  }
  assertBefore(shown, [/^http-node1 → \S+ VoteRequest/, 3], [/ → http-node1 VoteCommit$/, 3])
  assertBefore(shown, [/ → http-node1 VoteCommit$/, 3], [/^http-node1 decided/, 1])
  assertBefore(shown, [/^http-node1 forced commit/, 1], [/^http-node1 → \S+ GlobalCommit/, 3])
  assertBefore(shown, [/^http-node1 → \S+ GlobalCommit/, 3], [/ → http-node1 Ack$/, 3])
  await pictures.tab.assertSound()
})

test('an abort shows who refused and why; the pictures stay as they were', async () => {
  await using pictures = await PicturesPage.open(browser, cluster.url)
  pictures.tab.expect(/status of 409/)
  await pictures.upload('alone.png', ['grpc-node2'])
  assert.deepEqual(await cluster.holders('alone.png'), ['grpc-node2'])
  await pictures.delete('alone.png')
  const id = await pictures.ended('delete', 'aborted')
  const lanes = pictures.transaction(`[data-id="${id}"]`).getByTestId('lane-label')
  const votes = await lanes.evaluateAll((all) =>
    all.map((lane) => `${lane.dataset.node} ${lane.dataset.vote ?? ''}`.trim()),
  )
  assert.deepEqual(votes, [
    'http-node1',
    'grpc-node1 abort',
    'grpc-node2 commit',
    'grpc-node3 abort',
  ])
  await pictures.page.getByRole('button', { name: new RegExp(`^Details of ${id}`) }).click()
  const details = pictures.page.getByRole('dialog', { name: new RegExp(id) })
  await details.getByText('PICTURE_NOT_FOUND').first().waitFor()
  await details.getByTestId('log-line').filter({ hasText: 'VoteAbort' }).first().waitFor()
  await pictures.page.keyboard.press('Escape')
  await details.waitFor({ state: 'hidden' })
  assert.deepEqual(await pictures.holders('alone.png'), ['grpc-node2'])
  await pictures.tab.assertSound()
})

test('likes count, and what another tab does appears by itself', async () => {
  await using one = await PicturesPage.open(browser, cluster.url)
  await using two = await PicturesPage.open(browser, cluster.url)
  await one.upload('liked.png')
  await two.picture('liked.png').waitFor()
  await one.picture('liked.png').getByRole('button', { name: 'Like liked.png' }).click()
  await two.picture('liked.png').getByText('1').first().waitFor()
  const id = await two.ended('like', 'committed')
  assert.equal(await one.transaction(`[data-id="${id}"]`).count(), 1)
  await one.delete('liked.png')
  await two.picture('liked.png').waitFor({ state: 'detached' })
  await one.tab.assertSound()
  await two.tab.assertSound()
})

test('a search narrows the gallery; a download has the bytes', async () => {
  await using pictures = await PicturesPage.open(browser, cluster.url)
  const { page } = pictures
  pictures.tab.expect(/status of 415/) // no image by its bytes
  await cluster.upload('needle.png', 'bytes of needle')
  await cluster.upload('hay.png', 'bytes of hay')
  await pictures.picture('hay.png').waitFor()
  await page.getByRole('searchbox', { name: 'Search pictures' }).fill('NEEDLE')
  await pictures.picture('hay.png').waitFor({ state: 'detached' })
  const coming = page.waitForEvent('download')
  await pictures
    .picture('needle.png')
    .getByRole('link', { name: /^Download / })
    .click()
  const download = await coming
  assert.equal(download.suggestedFilename(), 'needle.png')
  const chunks: Buffer[] = []
  for await (const bytes of await download.createReadStream()) chunks.push(bytes as Buffer)
  assert.equal(Buffer.concat(chunks).toString(), 'bytes of needle')
  await pictures.tab.assertSound()
})
