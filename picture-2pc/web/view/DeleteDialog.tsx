import { Confirm } from '../../../common/web/view/Dialog.tsx'
import { UserText } from '../../../common/web/view/parts.tsx'
import { participantNames } from '../cluster.ts'
import { ask } from '../requests.ts'

interface DeleteDialogProps {
  readonly name: string
  onClose(): void
}

/** Asks before a picture is deleted from all nodes. */
export function DeleteDialog({ name, onClose }: DeleteDialogProps) {
  return (
    <Confirm
      title="Delete this picture?"
      act="Delete from all nodes"
      danger
      onConfirm={() => ask({ kind: 'delete', filename: name, nodes: null, file: null })}
      onClose={onClose}
    >
      <p>
        <strong>
          <UserText text={name} />
        </strong>
      </p>
      <p>
        Two-phase commit: {participantNames().join(', ')} are asked to vote. If all say yes it is
        deleted from all of them, otherwise from none.
      </p>
    </Confirm>
  )
}
