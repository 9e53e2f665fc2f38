import { countText } from '../../../common/web/model/time-format.ts'
import type { Picture } from '../model/lanes.ts'

interface MessageTextProps {
  readonly paused: boolean
  readonly picture: Picture | null
}

interface Row {
  readonly from: number
  readonly to: number
  readonly type: string
  readonly count: number
}

/** What the picture shows, counted: for whoever does not see it, and for whoever wants numbers. */
export function MessageText({ paused, picture }: MessageTextProps) {
  if (picture === null) return <p class="picture-words">No messages yet</p>
  const shown = paused ? 'in the picture' : 'in sight'
  const together = picture.sheaves.length > 0
  return (
    <details class="as-text">
      <summary>
        {countText(picture.messages)} messages {shown}
        {together ? ', some drawn together' : ''}: as text
      </summary>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">Message</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col" class="number">
              How many
            </th>
          </tr>
        </thead>
        <tbody>
          {rowsOf(picture).map(({ from, to, type, count }) => (
            <tr key={`${from} ${to} ${type}`}>
              <td>{type}</td>
              <td>Node {from}</td>
              <td>Node {to}</td>
              <td class="number">{countText(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}

function rowsOf({ arrows, sheaves }: Picture): readonly Row[] {
  const rows = new Map<string, Row>()
  const add = ({ from, to, type, count }: Row) => {
    const key = `${type} ${from} ${to}`
    const known = rows.get(key)
    rows.set(key, { from, to, type, count: count + (known?.count ?? 0) })
  }
  for (const { from, to, type } of arrows) add({ from, to, type, count: 1 })
  for (const { from, to, answers, count } of sheaves) {
    add({ from, to, type: answers ? 'Answers' : 'Requests', count })
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}
