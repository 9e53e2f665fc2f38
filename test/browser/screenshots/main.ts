// npm run screenshots: brings both clusters into a state worth looking at and takes the pictures of the
// pages that are in docs/screenshots.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { buildPages } from '../pages.ts'
import { indexedPng } from '../png.ts'
import { openBrowser, SIZES, Tab } from '../tab.ts'
import { toPalette } from './palette.ts'
import { picturesScenario } from './pictures.ts'
import { raftScenario } from './raft.ts'
import { readPng } from './read-png.ts'

const OUT = join(import.meta.dirname, '../../../../docs/screenshots')
const MOST_BYTES = 1_500_000

/** Brings about what is to be seen while `looking` pages are open, and calls `shoot` when it is. */
export type Scenario = (
  browser: Browser,
  open: (url: string) => Promise<readonly Tab[]>,
  shoot: (suffix?: string) => Promise<void>,
) => Promise<void>

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  pictures: picturesScenario,
  raft: raftScenario,
}

const LOOKS = [
  { name: 'light', size: 'desktop', colors: 'light', scale: 1 },
  { name: 'dark', size: 'desktop', colors: 'dark', scale: 1 },
  { name: 'phone-light', size: 'phone', colors: 'light', scale: 2 },
  { name: 'phone-dark', size: 'phone', colors: 'dark', scale: 2 },
] as const

const words = process.argv.slice(2)
await main()

async function main(): Promise<void> {
  buildPages()
  mkdirSync(OUT, { recursive: true })
  const browser = await openBrowser()
  let total = 0
  try {
    for (const [name, scenario] of Object.entries(SCENARIOS)) {
      if (words.length === 0 || words.includes(name)) total += await take(browser, name, scenario)
    }
  } finally {
    await browser.close()
  }
  console.log(`${Math.round(total / 1000)} kB in all`)
  if (total === 0) throw new Error(`no screenshot is called ${words.join(' ')}`)
  if (total > MOST_BYTES) throw new Error(`more than ${MOST_BYTES} bytes`)
}

/** Resolves with how many bytes its pictures have. */
async function take(browser: Browser, name: string, scenario: Scenario): Promise<number> {
  const tabs: Tab[] = []
  let total = 0
  const open = async (url: string) => {
    for (const { size, colors, scale } of LOOKS)
      tabs.push(await Tab.open(browser, url, { size, colors, scale }))
    return tabs
  }
  const shoot = async (suffix = '') => {
    for (const [at, look] of LOOKS.entries()) {
      const page = tabs[at]?.page
      if (page === undefined) throw new Error('nothing is open')
      const shot = await page.screenshot({ clip: { x: 0, y: 0, ...SIZES[look.size] } })
      const { width, height, palette, indexes } = toPalette(readPng(shot))
      const file = indexedPng(width, height, palette, indexes)
      const path = `${name}${suffix}-${look.name}.png`
      writeFileSync(join(OUT, path), file)
      console.log(`${path}: ${width} × ${height}, ${Math.round(file.length / 1000)} kB`)
      total += file.length
    }
  }
  try {
    await scenario(browser, open, shoot)
  } finally {
    for (const tab of tabs) await tab[Symbol.asyncDispose]()
  }
  return total
}
