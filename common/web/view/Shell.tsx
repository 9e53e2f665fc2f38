import type { ComponentChildren } from 'preact'
import type { Connection } from '../model/connection.ts'
import { ageText } from '../model/time-format.ts'
import { nextTheme, theme } from '../theme.ts'
import { Icon, type IconName } from './Icon.tsx'
import { Badge, Button } from './parts.tsx'
import { Toasts } from './Toasts.tsx'

interface ShellProps {
  readonly title: string
  readonly icon: IconName
  readonly tabs?: ComponentChildren
  readonly connection: Connection
  /** By this page's clock, so that ages go on. */
  readonly now: number
  readonly children: ComponentChildren
}

/** The frame of a page: its name, its tabs, how it stands with its node, and the theme. */
export function Shell({ title, icon, tabs, connection, now, children }: ShellProps) {
  return (
    <div class="shell">
      <a class="skip-link" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <div class="top-inner">
          <div class="brand">
            <Icon name={icon} />
            <h1>{title}</h1>
          </div>
          {tabs}
          <div class="top-end">
            <ConnectionBadge connection={connection} now={now} />
            <ThemeButton />
          </div>
        </div>
      </header>
      <main class="shell-main" id="main" tabIndex={-1}>
        {children}
      </main>
      <Toasts />
    </div>
  )
}

interface ConnectionBadgeProps {
  readonly connection: Connection
  readonly now: number
}

/** Whether events come, and if not, since when and why. What grows with every second is not announced. */
export function ConnectionBadge({ connection, now }: ConnectionBadgeProps) {
  const { kind } = connection
  const title = kind === 'lost' ? connection.reason : undefined
  const silent = kind === 'live' ? null : connection.before
  return (
    <span data-testid="connection" data-state={kind} title={title}>
      {kind === 'live' ? (
        <Badge tone="good" icon="circle">
          Live
        </Badge>
      ) : (
        <Badge tone="warn" icon="clock">
          {silent === null ? 'Connecting…' : `Nothing heard for ${ageText(now - silent)}`}
        </Badge>
      )}
      <span class="visually-hidden" role="status">
        {silent === null ? '' : 'The connection is lost'}
      </span>
    </span>
  )
}

const THEME_ICONS = { auto: 'screen', light: 'sun', dark: 'moon' } as const

function ThemeButton() {
  const chosen = theme.value
  const label = `Theme: ${chosen === 'auto' ? 'as the system' : chosen}. Change it`
  return <Button kind="quiet" icon={THEME_ICONS[chosen]} label={label} onClick={nextTheme} />
}
