import { type Scale, scaleOf } from './scale.ts'

export interface Axis {
  /** With its unit. */
  readonly title: string
  /** `log` needs values above 0; `linear` begins at 0. */
  readonly scale: 'linear' | 'log'
  /** Where numbers stand; else chosen. */
  readonly ticks?: readonly number[]
}

export interface Point {
  readonly x: number
  readonly y: number
  /** The extremes of the repetitions, drawn as a bar. */
  readonly min?: number
  readonly max?: number
}

export interface Series {
  readonly name: string
  readonly points: readonly Point[]
}

/** Lines over a number. */
export interface Plot {
  /** Names it within its result, and its file. */
  readonly id: string
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  /** At most six. */
  readonly series: readonly Series[]
}

const WIDTH = 760
const HEIGHT = 420
const LEFT = 76
const RIGHT = 24
const LEGEND_TOP = 54
const LEGEND_LINE = 22
const BOTTOM = 58

/** Where the lines are drawn. */
interface Inside {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Told apart without colour too: by the form of the points. Light background, dark background. */
const COLORS = [
  ['#0b62c4', '#6cb1ff'],
  ['#c2410c', '#ff9d5c'],
  ['#15803d', '#5fd38d'],
  ['#7e22ce', '#c79bff'],
  ['#a16207', '#e8c547'],
  ['#be185d', '#ff8cc0'],
] as const

/** The plot as the text of an SVG file that follows the reader's light or dark theme. */
export function drawPlot(whole: Plot): string {
  const plot = {
    ...whole,
    series: whole.series.map((series) => measured(series, whole.x, whole.y)),
  }
  const points = plot.series.flatMap((series) => series.points)
  if (points.length === 0) throw new Error(`${plot.id} has no points`)
  if (plot.series.length > COLORS.length) throw new Error(`${plot.id} has too many lines`)
  const ys = points.flatMap(({ y, min, max }) => [y, min ?? y, max ?? y])
  const places = legendPlaces(plot.series)
  const top = (places.at(-1)?.y ?? LEGEND_TOP) + 30
  const inside = { left: LEFT, right: WIDTH - RIGHT, top, bottom: HEIGHT - BOTTOM }
  const x = scaleOf(
    plot.x,
    points.map((point) => point.x),
    [inside.left, inside.right],
    plot.x.scale === 'log',
  )
  const y = scaleOf(plot.y, ys, [inside.bottom, inside.top], false)
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="title">`,
    `<title id="title">${escaped(plot.title)}</title>`,
    `<style>${style()}</style>`,
    `<rect class="page" width="${WIDTH}" height="${HEIGHT}" rx="8"/>`,
    text('heading', LEFT, 30, plot.title),
    ...grid(plot, inside, x, y),
    ...plot.series.flatMap((series, at) => line(series, at, x, y)),
    ...plot.series.flatMap(({ name }, at) => legend(name, at, places[at])),
    '</svg>',
  ].join('\n')}\n`
}

/** Without the points of runs in which nothing was answered: JSON has no other word for them than null. */
function measured({ name, points }: Series, x: Axis, y: Axis): Series {
  const fits = ({ scale }: Axis, value: number | undefined): value is number =>
    Number.isFinite(value) && (scale === 'linear' || Number(value) > 0)
  return {
    name,
    points: points.flatMap((point): Point[] => {
      const { min, max } = point
      if (!fits(x, point.x) || !fits(y, point.y)) return []
      return [fits(y, min) && fits(y, max) ? point : { x: point.x, y: point.y }]
    }),
  }
}

function style(): string {
  const light = COLORS.map(
    ([color], at) => `.s${at}{stroke:${color};color:${color}}.s${at} .mark{fill:${color}}`,
  )
  const dark = COLORS.map(
    ([, color], at) => `.s${at}{stroke:${color};color:${color}}.s${at} .mark{fill:${color}}`,
  )
  return [
    'text{font:13px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#1f2328;stroke:none}',
    '.heading{font-size:16px;font-weight:600}.small{font-size:12px;fill:#59636e}',
    '.page{fill:#fff}.grid{stroke:#d8dee4}.axis{stroke:#8c959f}',
    '.line{fill:none;stroke-width:2.2;stroke-linejoin:round}.bar{stroke-width:1.2;opacity:.65}',
    ...light,
    '@media(prefers-color-scheme:dark){',
    'text{fill:#e6edf3}.small{fill:#9da7b3}.page{fill:#0d1117}.grid{stroke:#2a313b}.axis{stroke:#6e7681}',
    ...dark,
    '}',
  ].join('')
}

function grid(plot: Plot, { left, right, top, bottom }: Inside, x: Scale, y: Scale): string[] {
  const middle = (top + bottom) / 2
  return [
    ...y.ticks.flatMap((tick) => [
      `<path class="grid" d="M${left} ${at(y, tick)}H${right}"/>`,
      text('small', left - 8, at(y, tick) + 4, shown(tick), 'end'),
    ]),
    ...x.ticks.flatMap((tick) => [
      `<path class="axis" d="M${at(x, tick)} ${bottom}v5"/>`,
      text('small', at(x, tick), bottom + 20, shown(tick), 'middle'),
    ]),
    `<path class="axis" d="M${left} ${bottom}H${right}"/>`,
    text('', (left + right) / 2, HEIGHT - 14, plot.x.title, 'middle'),
    `<g transform="rotate(-90 20 ${middle})">${text('', 20, middle, plot.y.title, 'middle')}</g>`,
  ]
}

function line({ points }: Series, index: number, x: Scale, y: Scale): string[] {
  const sorted = [...points].sort((a, b) => a.x - b.x)
  if (sorted.length === 0) return []
  const path = sorted.map((point) => `${at(x, point.x)} ${at(y, point.y)}`).join('L')
  const bars = sorted.flatMap(({ x: where, min, max }) =>
    min === undefined || max === undefined
      ? []
      : [`<path class="bar" d="M${at(x, where)} ${at(y, min)}V${at(y, max)}"/>`],
  )
  const marks = sorted.map((point) => mark(index, at(x, point.x), at(y, point.y)))
  return [`<g class="s${index}">`, ...bars, `<path class="line" d="M${path}"/>`, ...marks, '</g>']
}

function mark(index: number, x: number, y: number): string {
  if (index % 3 === 0) return `<circle class="mark" cx="${x}" cy="${y}" r="4"/>`
  if (index % 3 === 1) {
    return `<rect class="mark" x="${rounded(x - 3.7)}" y="${rounded(y - 3.7)}" width="7.4" height="7.4"/>`
  }
  return `<path class="mark" d="M${x} ${rounded(y - 5)}l5 9h-10z"/>`
}

interface Place {
  readonly x: number
  readonly y: number
}

/** Names one after the other, in as many lines as they need. */
function legendPlaces(series: readonly Series[]): readonly Place[] {
  let [x, y] = [LEFT, LEGEND_TOP]
  return series.map(({ name }) => {
    const width = 50 + name.length * 6.8
    if (x > LEFT && x + width > WIDTH - RIGHT) {
      x = LEFT
      y += LEGEND_LINE
    }
    const place = { x, y }
    x += width
    return place
  })
}

function legend(
  name: string,
  index: number,
  { x, y }: Place = { x: LEFT, y: LEGEND_TOP },
): string[] {
  return [
    `<g class="s${index}"><path class="line" d="M${rounded(x)} ${y}h24"/>${mark(index, rounded(x + 12), y)}</g>`,
    text('', rounded(x + 30), y + 4, name),
  ]
}

function text(kind: string, x: number, y: number, words: string, anchor = 'start'): string {
  const as = kind === '' ? '' : ` class="${kind}"`
  const where = anchor === 'start' ? '' : ` text-anchor="${anchor}"`
  return `<text${as} x="${rounded(x)}" y="${rounded(y)}"${where}>${escaped(words)}</text>`
}

function at(scale: Scale, value: number): number {
  return rounded(scale.at(value))
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}

/** 1k, 2.5M: a number on an axis. */
function shown(value: number): string {
  if (value >= 1_000_000) return `${Number((value / 1_000_000).toPrecision(3))}M`
  if (value >= 10_000) return `${Number((value / 1000).toPrecision(3))}k`
  return value >= 1000 ? value.toLocaleString('en-US') : String(Number(value.toPrecision(3)))
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
