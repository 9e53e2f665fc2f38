import { useSignal } from '@preact/signals'
import { useEffect, useId, useRef } from 'preact/hooks'
import { countText } from '../../../common/web/model/time-format.ts'
import { Icon } from '../../../common/web/view/Icon.tsx'
import { Card } from '../../../common/web/view/parts.tsx'
import { facts, participantNames } from '../cluster.ts'
import { ask } from '../requests.ts'
import { bytesText } from './picture-words.ts'
import { Requests } from './Requests.tsx'

/** Where pictures are dropped or chosen, and to which nodes they go. */
export function Upload() {
  const all = useSignal(true)
  const chosen = useSignal<ReadonlySet<string>>(new Set())
  const nodes = participantNames()
  const targets = nodes.filter((node) => chosen.value.has(node))
  const ready = all.value || targets.length > 0
  const take = (files: FileList | null | undefined) => {
    if (!ready) return
    for (const file of files ?? []) {
      ask({ kind: 'upload', filename: file.name, nodes: all.value ? null : targets, file })
    }
  }
  const most = facts.value.maxPictureBytes
  return (
    <Card title="Upload" testId="upload">
      <Drop over={useDropped(take)} ready={ready} take={take} />
      <Targets {...{ all, chosen, nodes }} />
      <p class="hint">
        {all.value
          ? `Stored on all ${countText(nodes.length)} or on none, by two-phase commit.`
          : 'No transaction. What only some nodes hold cannot be deleted from all: the others vote no, and it aborts.'}
        {most === null ? '' : ` At most ${bytesText(most)} each.`}
      </p>
      <Requests />
    </Card>
  )
}

/** Takes files that are dropped anywhere on the page; true while some are held over it. */
function useDropped(take: (files: FileList | undefined) => void): boolean {
  const over = useSignal(false)
  const latest = useRef(take)
  latest.current = take
  useEffect(() => {
    const end = new AbortController()
    const on = (kind: 'dragover' | 'dragleave' | 'drop', does: (event: DragEvent) => void) =>
      addEventListener(kind, does, { signal: end.signal })
    on('dragover', (event) => {
      event.preventDefault()
      over.value = true
    })
    on('dragleave', ({ relatedTarget }) => {
      over.value = relatedTarget !== null
    })
    on('drop', (event) => {
      event.preventDefault()
      over.value = false
      latest.current(event.dataTransfer?.files)
    })
    return () => end.abort()
  }, [over])
  return over.value
}

interface DropProps {
  readonly over: boolean
  readonly ready: boolean
  take(files: FileList | null | undefined): void
}

function Drop({ over, ready, take }: DropProps) {
  const input = useRef<HTMLInputElement>(null)
  const id = useId()
  return (
    <div class={over ? 'drop over' : 'drop'} data-testid="drop-zone">
      <Icon name="upload" />
      <label for={id}>
        <strong>Choose pictures</strong> or drop them here
      </label>
      <input
        ref={input}
        id={id}
        class="file-input"
        type="file"
        multiple
        disabled={!ready}
        data-testid="file-input"
        onChange={() => {
          take(input.current?.files)
          if (input.current !== null) input.current.value = ''
        }}
      />
    </div>
  )
}

interface TargetsProps {
  readonly all: { value: boolean }
  readonly chosen: { value: ReadonlySet<string> }
  readonly nodes: readonly string[]
}

function Targets({ all, chosen, nodes }: TargetsProps) {
  const name = useId()
  const toggle = (node: string) => {
    const next = new Set(chosen.value)
    if (!next.delete(node)) next.add(node)
    chosen.value = next
    all.value = false
  }
  return (
    <fieldset class="targets">
      <legend class="visually-hidden">Store on</legend>
      <label class="choice">
        <input
          type="radio"
          name={name}
          checked={all.value}
          onChange={() => {
            all.value = true
          }}
        />
        All nodes, as one transaction
      </label>
      <label class="choice">
        <input
          type="radio"
          name={name}
          aria-label="Chosen nodes only, without a transaction"
          checked={!all.value}
          onChange={() => {
            all.value = false
            if (chosen.value.size === 0) chosen.value = new Set(nodes.slice(1, 2))
          }}
        />
        Chosen nodes only
      </label>
      <div class="choices">
        {nodes.map((node) => (
          <label key={node} class="choice">
            <input
              type="checkbox"
              checked={!all.value && chosen.value.has(node)}
              onChange={() => toggle(node)}
            />
            {node}
          </label>
        ))}
      </div>
    </fieldset>
  )
}
