import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { PictureCluster } from '../../picture-2pc/test/cluster.ts'
import { PicturesPage } from './pictures-page.ts'
import { plain } from './png.ts'
import { OFFLINE, openBrowser } from './tab.ts'

let browser: Browser

before(async () => {
  browser = await openBrowser()
})

after(async () => {
  await browser?.close()
})

test('a participant that is down is named, transactions abort for it; it is back by itself', async () => {
  await using cluster = await PictureCluster.start({ env: { VOTE_TIMEOUT_MS: '1000' } })
  await using pictures = await PicturesPage.open(browser, cluster.url)
  pictures.tab.expect(/status of (409|503)/)
  await cluster.upload('kept.png', plain(1))
  await pictures.picture('kept.png').waitFor()
  const victim = cluster.participant('grpc-node2')
  await victim.end('SIGKILL')
  await pictures.node('grpc-node2', '[data-heard=no]').waitFor()
  await pictures.delete('kept.png')
  const id = await pictures.ended('delete', 'aborted')
  await pictures
    .transaction(`[data-id="${id}"]`)
    .locator('[data-testid=lane-label][data-node=grpc-node2][data-vote=none]')
    .waitFor()
  victim.start()
  await pictures.node('grpc-node2', '[data-heard=yes]').waitFor()
  await cluster.ready()
  await pictures.delete('kept.png')
  await pictures.ended('delete', 'committed')
  await pictures.picture('kept.png').waitFor({ state: 'detached' })
  await pictures.tab.assertSound()
})

test('in doubt is shown while a vote is missing, claimed no more when the coordinator dies, and gone after', async (t) => {
  await using cluster = await PictureCluster.start({ env: { VOTE_TIMEOUT_MS: '60000' } })
  await using pictures = await PicturesPage.open(browser, cluster.url)
  pictures.tab.expect(OFFLINE)
  await cluster.upload('doubtful.png', plain(1))
  await pictures.picture('doubtful.png').waitFor()
  const silent = cluster.participant('grpc-node3')
  silent.signal('SIGSTOP')
  t.after(() => silent.signal('SIGCONT'))
  await pictures.delete('doubtful.png')
  for (const name of ['grpc-node1', 'grpc-node2']) {
    await pictures.node(name).locator('[data-testid=in-doubt][data-count="1"]').waitFor()
  }
  const voting = pictures.transaction('[data-operation=delete][data-state=voting]')
  await voting.waitFor()
  const id = await voting.getAttribute('data-id')
  assert.equal(
    await pictures.node('grpc-node1').getByTestId('lock').getAttribute('data-transaction'),
    id,
  )
  await cluster.coordinator.end('SIGKILL')
  await pictures.connected('lost')
  assert.equal(
    await pictures.page.locator('[data-testid=node][data-heard=yes]').count(),
    0,
    'no node is claimed to be heard',
  )
  silent.signal('SIGCONT')
  cluster.coordinator.start()
  await pictures.connected('live')
  for (const name of ['grpc-node1', 'grpc-node2', 'grpc-node3']) {
    await pictures.node(name).locator('[data-testid=in-doubt][data-count="0"]').waitFor()
  }
  await pictures.picture('doubtful.png').waitFor()
  assert.equal((await cluster.holders('doubtful.png')).length, 3, 'no commit record: abort')
  assert.notEqual(
    await pictures.transaction(`[data-id="${id}"]`).getAttribute('data-state'),
    'committed',
  )
  await pictures.tab.assertSound()
})

test('a coordinator that hangs is not claimed to live', async (t) => {
  await using cluster = await PictureCluster.start()
  await using pictures = await PicturesPage.open(browser, cluster.url)
  t.after(() => cluster.coordinator.signal('SIGCONT'))
  cluster.coordinator.signal('SIGSTOP')
  await pictures.connected('lost')
  cluster.coordinator.signal('SIGCONT')
  await pictures.connected('live')
})
