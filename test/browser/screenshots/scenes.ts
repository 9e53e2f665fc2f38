import type { Browser } from 'playwright-core'

/** A picture that the screenshots show: a landscape of its own. */
export interface Scene {
  readonly name: string
  readonly sky: readonly [string, string]
  readonly hills: readonly [string, string, string]
  readonly sun: { readonly x: number; readonly y: number; readonly color: string }
}

export const SCENES: readonly Scene[] = [
  scene('fjord at dawn.jpg', '#fde2c8 #f28f79', '#c96f6f #7c4a67 #38274a', 300, 150, '#fff3d6'),
  scene('first snow.jpg', '#dfeaf5 #a9c6e0', '#e9f1f8 #b3c9dd #6b88a6', 120, 90, '#ffffff'),
  scene('harvest moon.jpg', '#1d2b53 #4d3a6e', '#31274f #231c3c #130f24', 340, 110, '#ffd98a'),
  scene('tea garden.jpg', '#d9f0e3 #8fd0b0', '#6fb489 #3d8764 #1f5443', 90, 130, '#fffbe0'),
  scene('red desert.jpg', '#ffd7a1 #ff9d6c', '#e2694a #a83f35 #5e2327', 220, 120, '#fff0c9'),
  scene('blue hour.jpg', '#6f8fd8 #2c3f86', '#27336b #1a234c #0d132c', 380, 80, '#e9efff'),
  scene('lavender field.jpg', '#f4e4f7 #c9a3dd', '#a678c4 #71489a #3e2763', 150, 140, '#fff6d8'),
  scene('river mouth.jpg', '#e0f4f6 #93d1d8', '#5fb1bb #2e7a87 #174b57', 280, 100, '#fffdf0'),
  scene('pine ridge.jpg', '#eef3ea #b7cdb5', '#7fa08a #48705c #1f3f35', 200, 110, '#fffef5'),
]

function scene(
  name: string,
  sky: string,
  hills: string,
  x: number,
  y: number,
  color: string,
): Scene {
  const [top = '', low = ''] = sky.split(' ')
  const [far = '', middle = '', near = ''] = hills.split(' ')
  return { name, sky: [top, low], hills: [far, middle, near], sun: { x, y, color } }
}

/** The scenes as JPEG files, painted by the browser. */
export async function paint(browser: Browser): Promise<ReadonlyMap<string, Buffer>> {
  const page = await browser.newPage({ viewport: { width: 480, height: 360 } })
  const files = new Map<string, Buffer>()
  for (const [at, each] of SCENES.entries()) {
    await page.setContent(`<body style="margin:0">${svg(each, at)}</body>`)
    files.set(each.name, await page.screenshot({ type: 'jpeg', quality: 85 }))
  }
  await page.close()
  return files
}

function svg({ sky, hills, sun }: Scene, at: number): string {
  const layers = hills.map((color, layer) => `<path fill="${color}" d="${ridge(at, layer)}"/>`)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="360">
    <defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="${sky[0]}"/>
    <stop offset="1" stop-color="${sky[1]}"/></linearGradient></defs>
    <rect width="480" height="360" fill="url(#sky)"/>
    <circle cx="${sun.x}" cy="${sun.y}" r="${26 + (at % 3) * 8}" fill="${sun.color}"/>
    ${layers.join('')}</svg>`
}

/** The outline of a range of hills: a few waves over each other, others for each scene and layer. */
function ridge(at: number, layer: number): string {
  const points: string[] = []
  for (let x = 0; x <= 480; x += 8) {
    const waves = [1, 2.3, 5.1].map(
      (often, part) =>
        Math.sin((x / 480) * Math.PI * 2 * often + at * 1.7 + layer * 2.1 + part) / (part + 1),
    )
    const y = 190 + layer * 55 + waves.reduce((a, b) => a + b, 0) * (34 - layer * 6)
    points.push(`${x},${y.toFixed(1)}`)
  }
  return `M${points.join('L')}L480,360L0,360Z`
}
