import type { ComponentChildren } from 'preact'
import type { Happening } from '../model/moment.ts'

/** The signs of a lane, drawn around 0 on 16 by 16. Each is told by its shape; colour only helps. */
const SIGNS = {
  began: <circle r="4.2" />,
  forced: <path d="M-4.6-4.6H4.6V4.6H-4.6ZM-2.2-4.6V-1.4H2.2V-4.6" />,
  yes: (
    <>
      <circle r="6" />
      <path class="on" d="M-2.8.2-.7 2.3 3-2.2" />
    </>
  ),
  no: (
    <>
      <path d="M-2.6-6.3H2.6L6.3-2.6V2.6L2.6 6.3H-2.6L-6.3 2.6V-2.6Z" />
      <path class="on" d="M-2.3-2.3 2.3 2.3M2.3-2.3-2.3 2.3" />
    </>
  ),
  none: (
    <>
      <circle r="6" class="open" />
      <path class="line" d="M-1.8-1.6A1.9 1.9 0 1 1 .4.3C.1.5 0 .8 0 1.3M0 3.3V3.5" />
    </>
  ),
  commit: (
    <>
      <path d="M0-8 8 0 0 8-8 0Z" />
      <path class="on" d="M-3 .1-.8 2.3 3.2-2.2" />
    </>
  ),
  abort: (
    <>
      <path d="M0-8 8 0 0 8-8 0Z" />
      <path class="on" d="M-2.4-2.4 2.4 2.4M2.4-2.4-2.4 2.4" />
    </>
  ),
  told: <path d="M0-5.2 5.2 0 0 5.2-5.2 0Z" />,
  failed: (
    <>
      <path d="M0-6.6 6.8 5.4H-6.8Z" />
      <path class="on" d="M0-2.4V1.4M0 3.4V3.6" />
    </>
  ),
  inDoubt: (
    <>
      <path class="open" d="M0-7.4 7.4 0 0 7.4-7.4 0Z" />
      <path class="line" d="M-1.8-1.8A1.9 1.9 0 1 1 .4.1C.1.3 0 .6 0 1.1M0 3.1V3.3" />
    </>
  ),
  acknowledged: <path class="line" d="M-3 0-1 2.2 3.2-2.4" />,
  forgotten: <path class="line thick" d="M-2-5.5V5.5M2-5.5V5.5" />,
  restarted: (
    <>
      <circle r="6.4" />
      <path class="on" d="M2.9-1.8A3.4 3.4 0 1 0 3.3 1M3.2-3.8V-1.6H1" />
    </>
  ),
} as const

export type Sign = keyof typeof SIGNS

/** The sign for what happened; null: an arrow, a span or nothing shows it. */
export function signOf(what: Happening): Sign | null {
  switch (what.kind) {
    case 'began':
    case 'forced':
    case 'acknowledged':
    case 'forgotten':
    case 'restarted':
      return what.kind
    case 'voted':
      return VOTES[what.vote]
    case 'rpc':
      if (what.direction !== 'replied') return null
      if (what.reply === 'VoteCommit') return 'yes'
      return what.reply === 'VoteAbort' ? 'no' : null
    case 'decided':
      return what.by === '' ? what.decision : 'told'
    case 'deliveryFailed':
      return 'failed'
    case 'stillInDoubt':
      return 'inDoubt'
    case 'prepared':
    case 'gap':
      return null
  }
}

const VOTES = { commit: 'yes', abort: 'no', none: 'none' } as const

/** A sign as a drawing of its own. */
export function SignIcon({ sign }: { readonly sign: Sign }) {
  return (
    <svg class="sign-icon" viewBox="-9 -9 18 18" aria-hidden="true" focusable="false">
      <g class={`sign ${sign}`}>{SIGNS[sign]}</g>
    </svg>
  )
}

interface PlacedProps {
  readonly sign: Sign
  readonly x: string
  readonly y: string
  readonly children?: ComponentChildren
}

/** A sign at a place of a larger drawing. */
export function PlacedSign({ sign, x, y, children }: PlacedProps) {
  return (
    <svg x={x} y={y} overflow="visible" class={`sign ${sign}`} aria-hidden="true">
      <svg
        {...{ x: '-0.55rem', y: '-0.55rem', width: '1.1rem', height: '1.1rem' }}
        viewBox="-9 -9 18 18"
        aria-hidden="true"
      >
        {SIGNS[sign]}
        {children}
      </svg>
    </svg>
  )
}
