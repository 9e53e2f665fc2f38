import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { CALM, type Node, RaftCluster } from '../../music-raft/test/cluster.ts'
import { eventually } from '../child.ts'
import { frames, SIDEWAYS } from './in-page.ts'
import { RaftPage } from './raft-page.ts'
import { openBrowser } from './tab.ts'

let browser: Browser
let cluster: RaftCluster
let leader: Node

before(async () => {
  ;[browser, cluster] = await Promise.all([
    openBrowser(),
    RaftCluster.start({ size: 3, env: CALM }),
  ])
  leader = await cluster.leader()
})

after(async () => {
  await browser?.close()
  await cluster?.stop()
})

const TITLES = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  `${'é'.repeat(255)}ab`, // 512 bytes
  'W'.repeat(512),
  '\u202eesrever',
  'أغنية جميلة',
  '👩‍👩‍👧‍👦🏳️‍🌈',
  '  spaces  within  ',
]

test('titles are text, whatever they hold: markup, 512 bytes, right to left, emoji', async () => {
  await using raft = await RaftPage.open(browser, leader)
  await raft.show('Queue')
  raft.page.on('dialog', (dialog) => raft.tab.problems.push(`an alert: ${dialog.message()}`))
  const idOf = (at: number) => `<b>${at}</b>"'`
  for (const [at, title] of TITLES.entries()) await raft.add({ id: idOf(at), title, artist: title })
  for (const [at, title] of TITLES.entries()) {
    const track = raft.track(idOf(at))
    await track.waitFor()
    await eventually('its title is shown', async () => {
      const text = (await track.textContent()) ?? ''
      return text.includes(title.trim())
    })
  }
  assert.equal((await leader.ids()).length, TITLES.length)
  assert.equal(await raft.page.evaluate(SIDEWAYS), 0, 'a long title makes the page wider')
  assert.equal(
    await raft.page.evaluate('document.querySelectorAll("img[src=x], main script, main b").length'),
    0,
  )
  await raft.tab.assertSound()
})

test('ten thousand tracks: few are in the page, scrolling stays smooth, the last is reached', async (t) => {
  const ids = Array.from({ length: 10_000 }, (_, at) => `t${at}`).values()
  const addSome = async () => {
    for (const id of ids) await leader.add(id, { sent: { 'x-answer': 'brief' } })
  }
  await Promise.all(Array.from({ length: 64 }, addSome))
  await using raft = await RaftPage.open(browser, leader)
  await raft.show('Queue')
  await raft.track('t0').waitFor()
  await raft.track('t0').hover()
  const measuring = raft.page.evaluate(frames(2000)) as Promise<readonly number[]>
  await eventually('the last is there', async () => {
    await raft.page.mouse.wheel(0, 20_000)
    return (await raft.track('t9999').count()) === 1
  })
  const gaps = await measuring
  t.diagnostic(`longest frame while scrolling: ${Math.max(...gaps).toFixed(0)} ms`)
  const inPage = await raft.page.getByTestId('track').count()
  assert.ok(inPage <= 250, `${inPage} of ten thousand tracks are in the page at once`)
  await raft.tab.assertSound()
})
