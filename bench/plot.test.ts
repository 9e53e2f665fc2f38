import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { drawPlot, type Plot } from './plot.ts'
import { scaleOf } from './scale.ts'
import type { Spread } from './summary.ts'
import { cell } from './table.ts'

const PLOT: Plot = {
  id: 'throughput',
  title: 'Writes & reads <a second>',
  x: { title: 'at a time', scale: 'log', ticks: [1, 64] },
  y: { title: 'writes/s', scale: 'linear' },
  series: [
    {
      name: 'ours',
      points: [
        { x: 1, y: 500 },
        { x: 64, y: 4000, min: 3000, max: 4500 },
      ],
    },
    { name: 'etcd', points: [{ x: 1, y: 600 }] },
  ],
}

test('a linear axis begins at 0 and ends at a tick that no value exceeds', () => {
  const figure = fc.double({ min: 0, max: 1e9, noNaN: true }).map((n) => (n < 1e-3 ? 0 : n))
  const values = fc.array(figure, { minLength: 1 })
  fc.assert(
    fc.property(values, (all) => {
      const { ticks, at } = scaleOf({ scale: 'linear' }, all, [400, 100], false)
      assert.equal(ticks[0], 0)
      assert.equal(at(0), 400)
      assert(Math.abs(at(ticks.at(-1) ?? 0) - 100) < 0.5)
      for (const value of all) assert(at(value) <= 400.01 && at(value) >= 99.99)
      assert(ticks.length >= 2 && ticks.length <= 14, `${ticks.length} ticks`)
    }),
  )
})

test('a logarithmic axis holds all values in order, and refuses 0', () => {
  const values = fc.array(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), { minLength: 1 })
  fc.assert(
    fc.property(values, fc.boolean(), (all, tight) => {
      const { at } = scaleOf({ scale: 'log' }, all, [0, 100], tight)
      const places = [...all].sort((a, b) => a - b).map(at)
      assert.deepEqual(
        [...places].sort((a, b) => a - b),
        places,
      )
      for (const place of places) assert(place >= -1e-6 && place <= 100 + 1e-6, `${place}`)
    }),
  )
  assert.throws(() => scaleOf({ scale: 'log' }, [0, 1], [0, 100], true), /above 0/)
  assert.throws(() => scaleOf({ scale: 'linear' }, [Number.NaN], [0, 100], true), /no number/)
})

test('round numbers stand on a logarithmic axis', () => {
  const ticks = (values: number[], tight: boolean) =>
    scaleOf({ scale: 'log' }, values, [0, 100], tight).ticks
  assert.deepEqual(
    ticks([1000, 1_000_000], true),
    [1000, 10_000, 100_000, 1_000_000].flatMap(withHalves).slice(0, -2),
  )
  assert.deepEqual(ticks([3, 70], false), [2, 5, 10, 20, 50, 100])
  assert.deepEqual(ticks([0.5, 90_000], false), [0.1, 1, 10, 100, 1000, 10_000, 100_000])
})

function withHalves(power: number): number[] {
  return [power, 2 * power, 5 * power]
}

test('a plot shows its axes, its lines, their names and how far the repetitions lie apart', () => {
  const svg = drawPlot(PLOT)
  assert.match(svg, /^<svg xmlns/)
  assert.match(svg, /prefers-color-scheme:dark/)
  assert.match(svg, />Writes &amp; reads &lt;a second&gt;</)
  for (const words of ['at a time', 'writes/s', 'ours', 'etcd', '64', '4,000']) {
    assert(svg.includes(`>${words}</text>`), words)
  }
  assert.equal(svg.match(/class="line" d="M\d[^"]*L/g)?.length, 1, 'one line has two points')
  assert.equal(svg.match(/class="bar"/g)?.length, 1)
  assert.equal(svg.match(/<circle/g)?.length, 3, 'two points and one in the legend')
  assert(!svg.includes('NaN'))
})

test('a higher value stands higher, a later one further right', () => {
  const svg = drawPlot(PLOT)
  const [, x1, y1, x2, y2] = (/M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"/.exec(svg) ?? []).map(Number)
  assert((x1 ?? 0) < (x2 ?? 0))
  assert((y1 ?? 0) > (y2 ?? 0))
})

test('names that need more than a line get it, inside of the picture', () => {
  const [series] = PLOT.series
  assert(series !== undefined)
  const many = Array.from({ length: 5 }, (_, at) => ({
    ...series,
    name: `a long name, number ${at}`,
  }))
  const svg = drawPlot({ ...PLOT, series: many })
  const places = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)">a long/g)]
  assert.equal(places.length, 5)
  for (const [, x] of places) assert(Number(x) + 22 * 7 < 760, `${x}`)
  assert.equal(new Set(places.map(([, , y]) => y)).size, 2)
})

test('a run in which nothing was answered has no point, and no place in a table', () => {
  const read = JSON.parse('{"x":8,"y":null,"min":null,"max":null}') as { x: number; y: number }
  const [series] = PLOT.series
  assert(series !== undefined)
  const svg = drawPlot({ ...PLOT, series: [{ ...series, points: [...series.points, read] }] })
  assert.equal(svg, drawPlot({ ...PLOT, series: [series] }))
  const none = { ...series, points: [...series.points, { x: 8, y: 0, min: 0, max: 0 }] }
  const log = { ...PLOT, y: { title: 'ms', scale: 'log' } } as const
  assert.equal(
    drawPlot({ ...log, series: [none] }),
    drawPlot({ ...log, series: [series] }),
    'nor has one that a logarithmic axis cannot show',
  )
  const spread = JSON.parse('{"median":null,"min":null,"max":null}') as Spread
  assert.equal(cell(spread, { title: 'ms', spread: true }), '–')
})

test('a plot of nothing, or of too many lines, is refused', () => {
  assert.throws(() => drawPlot({ ...PLOT, series: [] }), /no points/)
  const [series] = PLOT.series
  assert(series !== undefined)
  const many = Array.from({ length: 7 }, () => series)
  assert.throws(() => drawPlot({ ...PLOT, series: many }), /too many/)
})
