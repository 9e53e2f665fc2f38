// npm run screenshots: brings both clusters into a state worth looking at and takes the pictures of the
// pages that are in docs/screenshots.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { buildPages } from '../pages.ts'
import { indexedPng } from '../png.ts'
import { openBrowser, Tab } from '../tab.ts'
import { toPalette } from './palette.ts'
import { picturesScenario } from './pictures.ts'
import { raftScenario } from './raft.ts'
import { readPng } from './read-png.ts'
import type { Scenario } from './scenario.ts'

const OUT = join(import.meta.dirname, '../../../../docs/screenshots')
const MOST_BYTES = 1_500_000

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  pictures: picturesScenario,
  raft: raftScenario,
}

const LOOKS = [
  { name: 'light', size: 'poster', colors: 'light', scale: 1 },
  { name: 'dark', size: 'poster', colors: 'dark', scale: 1 },
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
  const shoot = async (suffix = '', part?: string) => {
    for (const [at, look] of LOOKS.entries()) {
      const page = tabs[at]?.page
      if (page === undefined) throw new Error('nothing is open')
      if (part !== undefined && look.size === 'phone') continue
      const shot =
        part === undefined ? await page.screenshot() : await page.getByTestId(part).screenshot()
      total += save(`${name}${suffix}-${look.name}.png`, shot)
    }
  }
  try {
    await scenario({ browser, open, shoot })
  } finally {
    for (const tab of tabs) await tab[Symbol.asyncDispose]()
  }
  return total
}

/** Resolves with how many bytes it has. */
function save(file: string, shot: Buffer): number {
  const { width, height, palette, indexes } = toPalette(readPng(shot))
  const bytes = indexedPng(width, height, palette, indexes)
  writeFileSync(join(OUT, file), bytes)
  console.log(`${file}: ${width} × ${height}, ${Math.round(bytes.length / 1000)} kB`)
  return bytes.length
}
