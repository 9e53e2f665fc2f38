import { after, before } from 'node:test'
import type { Browser } from 'playwright-core'
import { PictureCluster } from '../../picture-2pc/test/cluster.ts'
import { testLooks } from './looks.ts'
import { plain } from './png.ts'
import { openBrowser } from './tab.ts'

const PICTURES = 12

let browser: Browser
let cluster: PictureCluster

before(async () => {
  ;[browser, cluster] = await Promise.all([openBrowser(), PictureCluster.start()])
  for (let at = 0; at < PICTURES; at += 1) await cluster.upload(`some-${at}.png`, plain(at * 20))
  await cluster.upload('alone.png', plain(7), 'grpc-node2')
  await cluster.deleteEverywhere('alone.png')
})

after(async () => {
  await browser?.close()
  await cluster?.stop()
})

testLooks('pictures', () => ({
  browser,
  url: cluster.url,
  change: async (index) => {
    await cluster.like(`some-${index % PICTURES}.png`)
  },
}))
