const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How long something takes or is ago, in at most two units: `840 ms`, `12 s`, `3 min 20 s`. */
export function durationText(ms: number): string {
  const span = Math.max(0, ms)
  if (span < SECOND) return `${Math.round(span)} ms`
  if (span < 10 * SECOND) return `${(Math.floor(span / 100) / 10).toFixed(1)} s`
  if (span < MINUTE) return `${Math.floor(span / SECOND)} s`
  if (span < HOUR) return two(span, MINUTE, 'min', SECOND, 's')
  if (span < DAY) return two(span, HOUR, 'h', MINUTE, 'min')
  return two(span, DAY, 'd', HOUR, 'h')
}

function two(span: number, large: number, largeUnit: string, small: number, unit: string): string {
  const rest = Math.floor((span % large) / small)
  const whole = `${Math.floor(span / large)} ${largeUnit}`
  return rest === 0 ? whole : `${whole} ${rest} ${unit}`
}

/** In whole seconds, for what is drawn anew every second and must not flicker. */
export function ageText(ms: number): string {
  return ms < SECOND
    ? 'less than 1 s'
    : durationText(Math.floor(ms / SECOND) * SECOND).replace('.0', '')
}

/** `14:03:09` by the viewer's clock. */
export function clockText(time: number): string {
  const date = new Date(time)
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(padded).join(':')
}

/** `14:03:09.042` by the viewer's clock. */
export function preciseClockText(time: number): string {
  return `${clockText(time)}.${String(new Date(time).getMilliseconds()).padStart(3, '0')}`
}

/** Of music: `3:05`, `1:02:03`. */
export function lengthText(seconds: number): string {
  const [hours, minutes, rest] = [
    Math.floor(seconds / 3600),
    Math.floor((seconds % 3600) / 60),
    Math.floor(seconds % 60),
  ]
  return hours > 0 ? `${hours}:${padded(minutes)}:${padded(rest)}` : `${minutes}:${padded(rest)}`
}

function padded(value: number): string {
  return String(value).padStart(2, '0')
}

/** `12 345`: groups by a narrow space, the same everywhere. */
export function countText(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, '\u202f')
}
