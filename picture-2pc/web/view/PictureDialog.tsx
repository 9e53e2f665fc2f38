import { countText } from '../../../common/web/model/time-format.ts'
import { Dialog } from '../../../common/web/view/Dialog.tsx'
import { Icon } from '../../../common/web/view/Icon.tsx'
import { Button, NodeTag } from '../../../common/web/view/parts.tsx'
import { downloadUrl, pictureUrl } from '../api.ts'
import { participantNames } from '../cluster.ts'
import type { Picture } from '../model/shelf.ts'
import { ask } from '../requests.ts'
import { heldBy, Thumbnail } from './PictureCard.tsx'
import { bytesText } from './picture-words.ts'

interface PictureDialogProps {
  readonly picture: Picture
  doom(): void
  onClose(): void
}

/** One picture, large, and what each node holds of it. */
export function PictureDialog({ picture, doom, onClose }: PictureDialogProps) {
  const { name, likes, size, uploadedAt } = picture
  const foot = (
    <>
      <Button
        icon="heart"
        onClick={() => ask({ kind: 'like', filename: name, nodes: null, file: null })}
      >
        Like
      </Button>
      <Button kind="danger" icon="trash" onClick={doom}>
        Delete from all nodes
      </Button>
    </>
  )
  return (
    <Dialog title={name} foot={foot} wide testId="picture-dialog" onClose={onClose}>
      <div class="large-picture">
        <Thumbnail key={pictureUrl(picture)} picture={picture} />
      </div>
      <dl class="picture-facts">
        <Fact name="likes" value={countText(likes)} />
        <Fact name="size" value={size === null ? '–' : bytesText(size)} />
        <Fact
          name="stored"
          value={uploadedAt === '' ? '–' : new Date(uploadedAt).toLocaleString()}
        />
      </dl>
      <ul class="copies">
        {participantNames().map((node, place) => (
          <Copy key={node} {...{ picture, node, place }} />
        ))}
      </ul>
      <p class="hint">
        Deleting on one node alone is no transaction. Afterwards “delete from all nodes” aborts:
        that node votes no.
      </p>
    </Dialog>
  )
}

interface CopyProps {
  readonly picture: Picture
  readonly node: string
  readonly place: number
}

function Copy({ picture, node, place }: CopyProps) {
  const { name } = picture
  const held = heldBy(picture, node)
  const words = { yes: 'holds it', no: 'does not hold it', unknown: 'not heard' }[held]
  return (
    <li class="copy">
      <NodeTag name={node} place={place + 1} />
      <span class="copy-words">{words}</span>
      {held === 'yes' && (
        <>
          <a class="button quiet" href={downloadUrl(name, node)} download={name}>
            <Icon name="download" />
            Its copy
          </a>
          <Button
            icon="trash"
            onClick={() => ask({ kind: 'remove', filename: name, nodes: [node], file: null })}
          >
            {`Delete from ${node} only`}
          </Button>
        </>
      )}
    </li>
  )
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}
