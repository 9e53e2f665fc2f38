import { after, before } from 'node:test'
import type { Browser } from 'playwright-core'
import { CALM, type Node, RaftCluster } from '../../music-raft/test/cluster.ts'
import { testLooks } from './looks.ts'
import { openBrowser } from './tab.ts'

const TRACKS = 12

let browser: Browser
let cluster: RaftCluster
let leader: Node

before(async () => {
  ;[browser, cluster] = await Promise.all([openBrowser(), RaftCluster.start({ env: CALM })])
  leader = await cluster.leader()
  for (let at = 0; at < TRACKS; at += 1) await leader.add(`track-${at}`)
  await leader.call('queue', 'PlayNext')
})

after(async () => {
  await browser?.close()
  await cluster?.stop()
})

testLooks('raft', () => ({
  browser,
  url: `http://127.0.0.1:${leader.httpPort}`,
  change: async (index) => {
    await leader.call('queue', 'VoteTrack', { id: `track-${1 + (index % 5)}`, up: index % 2 === 0 })
  },
}))
