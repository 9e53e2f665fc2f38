import { signal } from '@preact/signals'
import { Icon } from './Icon.tsx'
import { Button, type Tone } from './parts.tsx'

interface Toast {
  readonly id: number
  readonly tone: Exclude<Tone, 'accent'>
  readonly text: string
}

const SHOWN_MS = 6000
const GOOD_MS = 3000
/** Bad news stays until it was read. */
const MOST = 4
const ICONS = { good: 'check', warn: 'question', bad: 'cross', off: 'info' } as const

const toasts = signal<readonly Toast[]>([])
let lastId = 0

/**
 * Tells the viewer, in the corner and to screen readers. Bad news stays until it is closed; good news is
 * short and makes room for the next.
 */
export function toast(tone: Toast['tone'], text: string): void {
  lastId += 1
  const id = lastId
  const others = toasts.value.filter((each) => tone !== 'good' || each.tone !== 'good')
  toasts.value = [...others, { id, tone, text }].slice(-MOST)
  if (tone !== 'bad') setTimeout(() => close(id), tone === 'good' ? GOOD_MS : SHOWN_MS)
}

function close(id: number): void {
  toasts.value = toasts.value.filter((each) => each.id !== id)
}

/** Once on each page. */
export function Toasts() {
  return (
    <div class="toasts" role="log" aria-live="polite" aria-label="Messages">
      {toasts.value.map(({ id, tone, text }) => (
        <div key={id} class={`toast ${tone}`} data-testid="toast">
          <Icon name={ICONS[tone]} />
          <bdi class="toast-text user-text">{text}</bdi>
          <Button kind="quiet" icon="cross" label="Close the message" onClick={() => close(id)} />
        </div>
      ))}
    </div>
  )
}
