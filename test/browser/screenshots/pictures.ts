import assert from 'node:assert/strict'
import { PictureCluster } from '../../../picture-2pc/test/cluster.ts'
import { settled } from '../../../picture-2pc/test/crash-cluster.ts'
import type { Studio } from './scenario.ts'
import { paint } from './scenes.ts'

const LOADED = `document.images.length > 0 &&
  [...document.images].every(({ complete, naturalWidth }) => complete && naturalWidth > 0)`

/** A gallery, a commit, an abort, and a delete whose third vote is missing: two nodes are in doubt. */
export async function picturesScenario({ browser, open, shoot }: Studio): Promise<void> {
  await using cluster = await PictureCluster.start({ env: { VOTE_TIMEOUT_MS: '60000' } })
  const files = await paint(browser)
  const tabs = await open(`${cluster.url}/`)
  for (const [name, bytes] of files) {
    const { status } = await cluster.upload(name, bytes)
    assert.equal(status, 200, name)
  }
  const [first = '', , , fourth = ''] = files.keys()
  for (const name of [first, first, first, fourth]) await cluster.like(name)
  const [last = ''] = [...files.keys()].slice(-1)
  await cluster.upload('postcard.jpg', files.get(last) ?? '', 'grpc-node2')
  assert.equal((await cluster.deleteEverywhere('postcard.jpg')).status, 409)
  assert.equal((await cluster.deleteEverywhere(last)).status, 200)
  await settled(cluster) // else it is stopped before it told that the last is over
  for (const { page } of tabs)
    await page
      .locator('[data-testid=in-doubt][data-count="0"]')
      .nth(2)
      .waitFor({ state: 'attached' })
  cluster.participant('grpc-node3').signal('SIGSTOP')
  const deleting = cluster.deleteEverywhere(fourth).catch(() => null)
  for (const tab of tabs) {
    const doubts = tab.page.locator('[data-testid=in-doubt][data-count="1"]')
    await doubts.nth(1).waitFor({ state: 'attached' })
    await tab.until('thumbnails are loaded', LOADED)
  }
  await shoot()
  cluster.participant('grpc-node3').signal('SIGCONT')
  await deleting
}
