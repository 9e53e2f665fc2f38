import { signal } from '@preact/signals'

export type Theme = 'auto' | 'light' | 'dark'

const THEMES: readonly Theme[] = ['auto', 'light', 'dark']
const KEY = 'theme'

/** What the viewer chose; `auto` follows the system. */
export const theme = signal<Theme>(stored())
/** Grows whenever colours changed: what draws on a canvas looks them up again. */
export const paletteVersion = signal(0)

/** Call once, before the first rendering. */
export function beginTheme(): void {
  show()
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    paletteVersion.value += 1
  })
}

export function nextTheme(): void {
  const place = THEMES.indexOf(theme.value)
  theme.value = THEMES[(place + 1) % THEMES.length] ?? 'auto'
  try {
    localStorage.setItem(KEY, theme.value)
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
  show()
}

function show(): void {
  const { dataset } = document.documentElement
  if (theme.value === 'auto') delete dataset['theme']
  else dataset['theme'] = theme.value
  paletteVersion.value += 1
}

function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY)
    return THEMES.find((each) => each === value) ?? 'auto'
  } catch {
    return 'auto'
  }
}

/** The colour that a custom property has now, as a canvas takes it. */
export function colourOf(name: string): string {
  const probe = document.createElement('i')
  probe.hidden = true
  probe.style.color = `var(${name})`
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
