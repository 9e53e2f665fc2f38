import { ageText, clockText, countText } from '../../../common/web/model/time-format.ts'
import { Dialog } from '../../../common/web/view/Dialog.tsx'
import { Notice, UserText } from '../../../common/web/view/parts.tsx'
import { now } from '../../../common/web/view/use-now.ts'
import { heard, toHere } from '../cluster.ts'

interface DoubtDialogProps {
  readonly name: string
  onClose(): void
}

/** All that a participant holds in doubt, and since when; it goes on while it is looked at. */
export function DoubtDialog({ name, onClose }: DoubtDialogProps) {
  const node = heard.value.board.nodes.get(name)
  const locks = [...(node?.locks.values() ?? [])].sort((a, b) => a.since - b.since)
  const more = (node?.locksTotal ?? 0) - locks.length
  return (
    <Dialog title={`In doubt at ${name}`} wide onClose={onClose}>
      <p class="hint">
        It voted yes on these and has not been told the decision: it may neither commit nor abort,
        so the pictures stay locked.
      </p>
      {node?.reachable === false && (
        <Notice tone="warn">
          It is not heard now; this is as it was at {clockText(node.lastTime)}.
        </Notice>
      )}
      <div class="table-scroll">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">Picture</th>
              <th scope="col">Operation</th>
              <th scope="col">In doubt since</th>
              <th scope="col">Transaction</th>
              <th scope="col">Coordinator</th>
            </tr>
          </thead>
          <tbody>
            {locks.map(({ transactionId, filename, operation, coordinator, since }) => (
              <tr key={transactionId}>
                <th scope="row">
                  <UserText text={filename} />
                </th>
                <td>{operation || '–'}</td>
                <td>
                  {clockText(since)}, {ageText(now.value - toHere(name, since))}
                </td>
                <td>
                  <code>{transactionId}</code>
                </td>
                <td>{coordinator || '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {locks.length === 0 && <p class="empty">Nothing any more.</p>}
      {more > 0 && <p class="hint">And {countText(more)} more.</p>}
    </Dialog>
  )
}
