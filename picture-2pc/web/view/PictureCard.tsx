import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { countText } from '../../../common/web/model/time-format.ts'
import { Icon } from '../../../common/web/view/Icon.tsx'
import { Button, nodeColour, UserText } from '../../../common/web/view/parts.tsx'
import { downloadUrl, isReadable, pictureUrl } from '../api.ts'
import { participantNames } from '../cluster.ts'
import type { Picture } from '../model/shelf.ts'
import { ask } from '../requests.ts'

interface PictureCardProps {
  readonly picture: Picture
  open(name: string): void
  doom(name: string): void
}

/** One picture: what it looks like, who holds it, and what can be done with it. */
export function PictureCard({ picture, open, doom }: PictureCardProps) {
  const { name, likes } = picture
  return (
    <li class="picture" data-testid="picture" data-name={name}>
      <button
        type="button"
        class="thumbnail"
        aria-label={`More about ${name}`}
        onClick={() => open(name)}
      >
        <Thumbnail key={pictureUrl(picture)} picture={picture} />
      </button>
      <h3 class="one-line">
        <UserText text={name} oneLine />
      </h3>
      <HolderBadges picture={picture} />
      <div class="picture-tools">
        <button
          type="button"
          class="button quiet like"
          aria-label={`Like ${name}, liked ${countText(likes)} times`}
          title={`Like ${name}`}
          onClick={() => ask({ kind: 'like', filename: name, nodes: null, file: null })}
        >
          <Icon name="heart" />
          <span data-testid="likes">{countText(likes)}</span>
        </button>
        <a
          class="button quiet icon-only"
          href={downloadUrl(name, null)}
          download={name}
          aria-label={`Download ${name}`}
          title={`Download ${name}`}
        >
          <Icon name="download" />
        </a>
        <Button
          kind="quiet"
          icon="trash"
          label={`Delete ${name} from all nodes`}
          onClick={() => doom(name)}
        />
      </div>
    </li>
  )
}

/** Tried again after this, milliseconds, where the bytes could not be had. */
const AGAIN_MS = 10_000

/** The picture, where its bytes are one that a browser may show. */
export function Thumbnail({ picture }: { readonly picture: Picture }) {
  const failed = useSignal<'no' | 'noImage' | 'notHad'>('no')
  const url = pictureUrl(picture)
  useEffect(() => {
    if (failed.value !== 'notHad') return undefined
    const timer = setTimeout(() => {
      failed.value = 'no'
    }, AGAIN_MS)
    return () => clearTimeout(timer)
  }, [failed, failed.value])
  if (failed.value !== 'no') {
    return (
      <span class="no-image">
        <Icon name="pictures" />
        {failed.value === 'noImage' ? 'not a picture to show' : 'cannot be had now'}
      </span>
    )
  }
  return (
    <img
      src={url}
      alt=""
      loading="lazy"
      decoding="async"
      onError={async () => {
        failed.value = (await isReadable(url)) ? 'noImage' : 'notHad'
      }}
    />
  )
}

/** Which participants hold it: told by number, by shape and by words. */
export function HolderBadges({ picture }: { readonly picture: Picture }) {
  return (
    <ul class="holders" aria-label="Held by">
      {participantNames().map((node, place) => {
        const held = heldBy(picture, node)
        const words = { yes: 'holds it', no: 'does not hold it', unknown: 'not heard' }[held]
        return (
          <li
            key={node}
            class={`holder ${held}`}
            style={{ '--node': nodeColour(place + 1) }}
            title={`${node} ${words}`}
            data-testid="badge"
            data-node={node}
            data-held={held}
          >
            <span aria-hidden="true">{numberOf(node, place)}</span>
            <span class="visually-hidden">{`${node} ${words}`}</span>
          </li>
        )
      })}
    </ul>
  )
}

export function heldBy({ nodes, silent }: Picture, node: string): 'yes' | 'no' | 'unknown' {
  if (nodes.includes(node)) return 'yes'
  return silent.includes(node) ? 'unknown' : 'no'
}

/** Short enough for a badge. */
function numberOf(node: string, place: number): string {
  return /\d+$/.exec(node)?.[0] ?? String(place + 1)
}
