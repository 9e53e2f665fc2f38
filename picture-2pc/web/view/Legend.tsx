import { type Sign, SignIcon } from './glyphs.tsx'

const SIGNS: readonly (readonly [Sign, string])[] = [
  ['began', 'begins'],
  ['forced', 'forced write: the record is on disk'],
  ['yes', 'votes yes'],
  ['no', 'votes no'],
  ['none', 'no vote came in time'],
  ['commit', 'the coordinator decides: commit'],
  ['abort', 'the coordinator decides: abort'],
  ['told', 'a participant knows the decision'],
  ['inDoubt', 'asked everybody in vain, still in doubt'],
  ['failed', 'a delivery failed, it is repeated'],
  ['restarted', 'the process was restarted'],
  ['forgotten', 'over'],
]

/** What the signs of a swimlane mean. */
export function Legend() {
  return (
    <ul class="legend" aria-label="Legend">
      {SIGNS.map(([sign, words]) => (
        <li key={sign}>
          <SignIcon sign={sign} />
          {words}
        </li>
      ))}
      <li>
        <span class="legend-lock" aria-hidden="true" /> the picture is locked
      </li>
      <li>
        <span class="legend-doubt" aria-hidden="true" /> locked still: in doubt
      </li>
      <li>
        <span class="legend-gap" aria-hidden="true" /> not heard: something may be missing
      </li>
      <li>Pauses are drawn shorter than they were; the axis says how long.</li>
    </ul>
  )
}
