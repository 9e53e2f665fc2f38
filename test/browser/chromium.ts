import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

/** What Chromium and its relatives are called where they are installed. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

/** Path of a Chromium of this machine: `CHROMIUM` if that is set, else the first found; null: none. */
export function findChromium(): string | null {
  const named = process.env['CHROMIUM'] ?? ''
  if (named !== '') {
    const found = isAbsolute(named) ? runnable(named) : onPath(named)
    if (found === null) throw new Error(`CHROMIUM is ${named}, which cannot be run`)
    return found
  }
  for (const name of NAMES) {
    const found = onPath(name)
    if (found !== null) return found
  }
  return runnable(MAC)
}

/** The same, installed first where it is missing and may be: root on Debian. Throws with what to do. */
export function chromiumOrInstall(): string {
  const found = findChromium()
  if (found !== null) return found
  const isRoot = process.getuid?.() === 0
  if (!isRoot || onPath('apt-get') === null) {
    throw new Error(
      'No Chromium found. Install one (Debian: apt-get install chromium) or set CHROMIUM to its path.',
    )
  }
  console.log('no Chromium found: installing it')
  apt('update', '-qq')
  apt('install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-noto-color-emoji')
  const installed = findChromium()
  if (installed === null) throw new Error('apt-get installed chromium, but it is not found')
  return installed
}

/** Headless, with nothing that calls home; the sandbox does not work for root. */
export function chromiumFlags(): readonly string[] {
  return [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-dev-shm-usage', // containers have 64 MiB of it
    '--force-color-profile=srgb',
  ]
}

function apt(...words: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { status, stderr } = spawnSync('apt-get', words, { env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`apt-get ${words.join(' ')} failed:\n${stderr}`)
}

function onPath(name: string): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const found = folder === '' ? null : runnable(join(folder, name))
    if (found !== null) return found
  }
  return null
}

function runnable(path: string): string | null {
  try {
    accessSync(path, constants.X_OK)
    return path
  } catch {
    return null
  }
}
