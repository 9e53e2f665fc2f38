import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { Icon, type IconName } from './Icon.tsx'

/** What is well, what needs care, what is wrong, what says nothing, and what is merely pointed out. */
export type Tone = 'good' | 'warn' | 'bad' | 'off' | 'accent'

interface ButtonProps {
  readonly children?: ComponentChildren
  readonly icon?: IconName
  /** Its accessible name where it shows an icon alone, and its tooltip. */
  readonly label?: string
  readonly kind?: 'plain' | 'primary' | 'danger' | 'quiet'
  readonly type?: 'button' | 'submit'
  readonly disabled?: boolean
  readonly pressed?: boolean
  readonly testId?: string
  onClick?(): void
}

export function Button(props: ButtonProps) {
  const { children, icon, label, kind = 'plain', type = 'button', disabled, pressed } = props
  const classes = ['button', kind, children === undefined ? 'icon-only' : '']
  return (
    <button
      type={type}
      class={classes.join(' ')}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      disabled={disabled}
      data-testid={props.testId}
      onClick={props.onClick}
    >
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  )
}

interface BadgeProps {
  readonly tone: Tone
  readonly icon: IconName
  readonly children: ComponentChildren
  readonly title?: string
  readonly testId?: string
}

/** A state: told by its shape, its word and its colour. */
export function Badge({ tone, icon, children, title, testId }: BadgeProps) {
  return (
    <span class={`badge ${tone}`} title={title} data-testid={testId}>
      <Icon name={icon} />
      {children}
    </span>
  )
}

interface CardProps {
  readonly title: string
  /** Beside the title, of less weight. */
  readonly note?: ComponentChildren
  /** Buttons at the end of the head. */
  readonly tools?: ComponentChildren
  readonly children: ComponentChildren
  readonly area?: string
  readonly testId?: string
}

/** A titled part of the page: a region to assistive technology. */
export function Card({ title, note, tools, children, area, testId }: CardProps) {
  const style = area === undefined ? {} : { gridArea: area }
  return (
    <section class="card" aria-label={title} style={style} data-testid={testId}>
      <div class="card-head">
        <h2>{title}</h2>
        {note !== undefined && <span class="card-note">{note}</span>}
        {tools !== undefined && <div class="card-tools">{tools}</div>}
      </div>
      <div class="card-body">{children}</div>
    </section>
  )
}

interface NoticeProps {
  readonly tone: 'warn' | 'bad' | 'off'
  readonly children: ComponentChildren
  readonly testId?: string
}

/** Something the viewer should know before believing the rest. */
export function Notice({ tone, children, testId }: NoticeProps) {
  return (
    <div class={`notice ${tone}`} data-testid={testId}>
      <Icon name={tone === 'off' ? 'info' : 'warning'} />
      <div>{children}</div>
    </div>
  )
}

interface FieldProps {
  readonly label: string
  /** Makes the input, which takes the id. */
  children(id: string): ComponentChildren
}

/** An input and its label. */
export function Field({ label, children }: FieldProps) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children(id)}
    </div>
  )
}

/** Text of a user: shown as text, and never lets its direction leak into what is beside it. */
export function UserText({ text, oneLine = false }: { text: string; oneLine?: boolean }) {
  return (
    <bdi class={oneLine ? 'user-text one-line' : 'user-text'} title={oneLine ? text : undefined}>
      {text}
    </bdi>
  )
}

/** The colour of the node at that place, from 1; the name tells them apart all the same. */
export function nodeColour(place: number): string {
  return `var(--node-${((Math.max(1, place) - 1) % 7) + 1})`
}

export function NodeTag({ name, place }: { readonly name: string; readonly place: number }) {
  return (
    <span class="node-tag" style={{ '--node': nodeColour(place) }}>
      {name}
    </span>
  )
}
