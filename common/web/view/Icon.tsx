/** Shapes that stand for something, each different without its colour. Drawn on 16 by 16. */
const PATHS = {
  // States.
  check: 'M3 8.5 6.5 12 13 4.5',
  cross: 'M4 4 12 12M12 4 4 12',
  warning: 'M8 2 15 14H1ZM8 6.5V10M8 12V12.2',
  info: 'M8 1.8A6.2 6.2 0 1 1 8 14.2 6.2 6.2 0 0 1 8 1.8ZM8 7V11.5M8 4.6V4.8',
  question: 'M5.5 6A2.5 2.5 0 1 1 8.6 8.4C8.1 8.6 8 9 8 9.8M8 12.3V12.5',
  clock: 'M8 1.8A6.2 6.2 0 1 1 8 14.2 6.2 6.2 0 0 1 8 1.8ZM8 4.5V8L10.5 9.8',
  lock: 'M3.5 7.2H12.5V14H3.5ZM5.2 7.2V5A2.8 2.8 0 0 1 10.8 5V7.2',
  circle: 'M8 3A5 5 0 1 1 8 13 5 5 0 0 1 8 3Z',
  ring: 'M8 3A5 5 0 1 1 8 13 5 5 0 0 1 8 3Z',
  star: 'M8 1.5 9.9 5.8 14.6 6.3 11.1 9.4 12.1 14 8 11.6 3.9 14 4.9 9.4 1.4 6.3 6.1 5.8Z',
  triangle: 'M8 2.5 14.5 13.5H1.5Z',
  diamond: 'M8 1.8 14.2 8 8 14.2 1.8 8Z',
  // Acts.
  up: 'M8 13V3.5M3.5 8 8 3.5 12.5 8',
  down: 'M8 3V12.5M3.5 8 8 12.5 12.5 8',
  plus: 'M8 3V13M3 8H13',
  minus: 'M3 8H13',
  trash: 'M2.5 4.5H13.5M6 4.5V2.5H10V4.5M4 4.5 4.6 13.5H11.4L12 4.5M6.6 7V11M9.4 7V11',
  play: 'M4.5 2.5 13 8 4.5 13.5Z',
  pause: 'M5 3V13M11 3V13',
  next: 'M3 3 9.5 8 3 13ZM12.5 3V13',
  search: 'M7 2.5A4.5 4.5 0 1 1 7 11.5 4.5 4.5 0 0 1 7 2.5ZM10.3 10.3 14 14',
  upload: 'M8 11V2.5M4.5 6 8 2.5 11.5 6M2.5 10.5V13.5H13.5V10.5',
  download: 'M8 2.5V11M4.5 7.5 8 11 11.5 7.5M2.5 10.5V13.5H13.5V10.5',
  heart: 'M8 13.8 2.6 8.3A3.4 3.4 0 0 1 8 4.2 3.4 3.4 0 0 1 13.4 8.3Z',
  sun: 'M8 5A3 3 0 1 1 8 11 3 3 0 0 1 8 5ZM8 1V2.2M8 13.8V15M1 8H2.2M13.8 8H15M3 3 3.9 3.9M12.1 12.1 13 13M13 3 12.1 3.9M3.9 12.1 3 13',
  moon: 'M13.5 9.8A6 6 0 0 1 6.2 2.5 6 6 0 1 0 13.5 9.8Z',
  screen: 'M1.8 2.8H14.2V11H1.8ZM5.5 13.8H10.5M8 11V13.8',
  hand: 'M2 8H13M9 4 13 8 9 12',
  // Pages.
  raft: 'M8 1.5V4M8 12V14.5M2 5.5 4 6.5M12 9.5 14 10.5M2 10.5 4 9.5M12 6.5 14 5.5M8 4.5A3.5 3.5 0 1 1 8 11.5 3.5 3.5 0 0 1 8 4.5Z',
  pictures: 'M2 3H14V13H2ZM2 11 6 7.5 9 10 11 8.2 14 11M10.5 5.8V6',
} as const

export type IconName = keyof typeof PATHS

const FILLED: ReadonlySet<IconName> = new Set<IconName>(['circle', 'star', 'triangle', 'diamond'])

/** For the eye only: the words stand beside it or in the name of what it is on. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      focusable="false"
      fill={FILLED.has(name) ? 'currentColor' : 'none'}
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
