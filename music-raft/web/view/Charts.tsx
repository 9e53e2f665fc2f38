import 'uplot/dist/uPlot.min.css'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import { clockText, countText } from '../../../common/web/model/time-format.ts'
import { colourOf, paletteVersion } from '../../../common/web/theme.ts'
import { Card } from '../../../common/web/view/parts.tsx'
import { now } from '../../../common/web/view/use-now.ts'
import type { RateName } from '../model/rates.ts'
import { model } from '../store.ts'

const SPAN = 120
const HEIGHT_REM = 9

/** How much the cluster does, second by second. */
export function Charts() {
  return (
    <Card title="Work" note="the last two minutes" testId="charts">
      <div class="charts">
        <Chart name="committed" title="Entries committed a second" colour="--accent" />
        <Chart name="messages" title="Raft messages a second" colour="--node-3" />
      </div>
    </Card>
  )
}

interface ChartProps {
  readonly name: RateName
  readonly title: string
  readonly colour: string
}

function Chart({ name, title, colour }: ChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const palette = paletteVersion.value
  useEffect(() => {
    const element = box.current
    if (element === null) return undefined
    void palette
    const made = new uPlot(optionsOf(element, colour), dataOf(name), element)
    plot.current = made
    const observer = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: element.clientHeight }),
    )
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
    }
  }, [name, colour, palette])
  const second = Math.floor(now.value / 1000)
  useEffect(() => {
    void second
    plot.current?.setData(dataOf(name))
  }, [second, name])
  const current = model.rates.recent(name, model.offset.toThere(now.value))
  const words = current === null ? 'not known now' : String(Math.round(current))
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <div
        ref={box}
        class="chart-box"
        style={{ height: `${HEIGHT_REM}rem` }}
        role="img"
        aria-label={`${title}: ${words}`}
      />
    </figure>
  )
}

function dataOf(name: RateName): uPlot.AlignedData {
  const there = model.offset.toThere(Date.now())
  const end = Math.floor(there / 1000)
  const times = Array.from({ length: SPAN }, (_, place) => end - SPAN + place)
  return [times, model.rates.series(name, there, SPAN)]
}

function optionsOf(element: HTMLElement, colour: string): uPlot.Options {
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
  const stroke = colourOf(colour)
  const axis: uPlot.Axis = {
    stroke: colourOf('--text-3'),
    font: `${Math.round(rem * 0.72)}px system-ui, sans-serif`,
    grid: { stroke: colourOf('--line'), width: 1 },
    ticks: { show: false },
  }
  return {
    width: element.clientWidth,
    height: element.clientHeight,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: true }, y: { range: (_, __, most) => [0, Math.max(5, most * 1.15)] } },
    axes: [
      { ...axis, size: rem * 1.8, space: rem * 5, values: (_, times) => times.map(tickText) },
      { ...axis, size: rem * 3, space: rem * 2, values: (_, counts) => counts.map(countText) },
    ],
    series: [
      {},
      { stroke, width: 2, fill: `color-mix(in srgb, ${stroke} 18%, transparent)`, spanGaps: false },
    ],
  }
}

function tickText(seconds: number): string {
  return clockText(model.offset.toHere(seconds * 1000))
}
