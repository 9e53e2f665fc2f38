import assert from 'node:assert/strict'
import type { Browser } from 'playwright-core'
import { PictureCluster } from '../../../picture-2pc/test/cluster.ts'
import type { Tab } from '../tab.ts'
import { paint } from './scenes.ts'

/** A gallery, a commit, an abort, and a delete whose third vote is missing: two nodes are in doubt. */
export async function picturesScenario(
  browser: Browser,
  open: (url: string) => Promise<readonly Tab[]>,
  shoot: () => Promise<void>,
): Promise<void> {
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
  cluster.participant('grpc-node3').signal('SIGSTOP')
  const deleting = cluster.deleteEverywhere(fourth).catch(() => null)
  for (const { page } of tabs) {
    const doubts = page.locator('[data-testid=in-doubt][data-count="1"]')
    await doubts.nth(1).waitFor({ state: 'attached' })
    await page.waitForLoadState('networkidle').catch(() => undefined)
  }
  await shoot()
  cluster.participant('grpc-node3').signal('SIGCONT')
  await deleting
}
