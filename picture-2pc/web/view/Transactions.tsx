import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { windowOf } from '../../../common/web/model/window-of.ts'
import { Button, Card } from '../../../common/web/view/parts.tsx'
import { heard, participantNames } from '../cluster.ts'
import type { Transaction } from '../model/transaction.ts'
import { Legend } from './Legend.tsx'
import { COMPACT, heightOf } from './plot.ts'
import { TransactionCard } from './TransactionCard.tsx'
import { TransactionDetails } from './TransactionDetails.tsx'

/** In rem: head, sentence, edges and the space between cards. */
const AROUND_REM = 5.4

/** The transactions, newest first, as they happen. */
export function Transactions() {
  const { board } = heard.value
  const shown = useSignal<Transaction | null>(null)
  const legend = useSignal(false)
  const hold = useHold(() => board.latest())
  const latest = board.latest()
  const newer = hold.frozen === null ? 0 : countNewer(latest, hold.frozen[0])
  const close = () => {
    shown.value = null
    // Only after the focus is back: what has it may hold the list too.
    setTimeout(() => hold.set('details', false))
  }
  const tools = (
    <>
      {newer > 0 && (
        <Button icon="up" onClick={hold.release}>
          {`${newer} newer ${newer === 1 ? 'transaction' : 'transactions'}`}
        </Button>
      )}
      <Button
        icon={hold.frozen === null ? 'pause' : 'play'}
        pressed={hold.frozen !== null}
        onClick={() => (hold.frozen === null ? hold.set('button', true) : hold.release())}
      >
        Hold
      </Button>
      <Button
        pressed={legend.value}
        onClick={() => {
          legend.value = !legend.value
        }}
      >
        Legend
      </Button>
    </>
  )
  return (
    <Card title="Transactions" note="newest first" tools={tools} testId="transactions">
      {legend.value && <Legend />}
      {latest.length === 0 ? (
        <p class="empty">
          None yet. Upload a picture, like one or delete one, and see two-phase commit happen here.
        </p>
      ) : (
        <TransactionList
          list={hold.frozen ?? latest}
          held={hold.frozen !== null}
          hold={hold.set}
          show={(transaction) => {
            hold.set('details', true)
            shown.value = transaction
          }}
        />
      )}
      {shown.value !== null && <TransactionDetails transaction={shown.value} onClose={close} />}
    </Card>
  )
}

/** Why a list does not follow what is new. */
type Reason = 'button' | 'scroll' | 'focus' | 'details'

/** A list that stands still for as long as there is any reason to. */
function useHold(latest: () => readonly Transaction[]) {
  const state = useSignal<{
    readonly reasons: ReadonlySet<Reason>
    readonly frozen: readonly Transaction[] | null
  }>({ reasons: new Set(), frozen: null })
  const set = (reason: Reason, on: boolean) => {
    const { reasons, frozen } = state.value
    if (reasons.has(reason) === on) return
    const next = new Set(reasons)
    if (on) next.add(reason)
    else next.delete(reason)
    state.value = { reasons: next, frozen: next.size === 0 ? null : (frozen ?? latest()) }
  }
  const release = () => {
    state.value = { reasons: new Set(), frozen: null }
  }
  return { frozen: state.value.frozen, set, release }
}

function countNewer(latest: readonly Transaction[], newest: Transaction | undefined): number {
  const place = newest === undefined ? latest.length : latest.indexOf(newest)
  return place < 0 ? latest.length : place
}

interface ListProps {
  readonly list: readonly Transaction[]
  readonly held: boolean
  hold(reason: Reason, on: boolean): void
  show(transaction: Transaction): void
}

/** Only what is in sight exists. Whoever scrolls away from the newest looks at what is there then. */
function TransactionList({ list, held, hold, show }: ListProps) {
  const box = useRef<HTMLElement>(null)
  const scrolled = useSignal({ top: 0, height: 800 })
  const rem = useSignal(16)
  const lanes = [heard.value.board.source || 'http-node1', ...participantNames()]
  const rowHeight = (heightOf(COMPACT, lanes.length) + AROUND_REM) * rem.value
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    element.setAttribute('tabindex', '0') // what scrolls is reached by keyboard
    const measure = () => {
      rem.value = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16
      scrolled.value = { top: element.scrollTop, height: element.clientHeight }
    }
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [rem, scrolled])
  useLayoutEffect(() => {
    if (!held) box.current?.scrollTo({ top: 0 })
  }, [held])
  const scroll = () => {
    const element = box.current
    if (element === null) return
    scrolled.value = { top: element.scrollTop, height: element.clientHeight }
    if (element.scrollTop > rowHeight / 3) hold('scroll', true)
    if (element.scrollTop === 0) hold('scroll', false)
  }
  const focus = {
    // Who is here by keyboard must not have it moved away.
    onFocusIn: ({ target }: FocusEvent) => {
      if (target instanceof Element && target.matches(':focus-visible')) hold('focus', true)
    },
    onFocusOut: ({ relatedTarget }: FocusEvent) => {
      const inside = relatedTarget instanceof Node && box.current?.contains(relatedTarget)
      if (inside !== true) hold('focus', false)
    },
  }
  const { first, end } = windowOf({ ...scrolled.value, rowHeight, count: list.length })
  return (
    <section
      ref={box}
      class="virtual transactions"
      aria-label="Newest first"
      {...focus}
      onScroll={scroll}
    >
      <ol class="virtual-space" style={{ height: `${list.length * rowHeight}px` }}>
        {list.slice(first, end).map((transaction, place) => (
          <li
            key={transaction.transactionId}
            class="virtual-row"
            aria-setsize={list.length}
            aria-posinset={first + place + 1}
            style={{
              height: `${rowHeight}px`,
              transform: `translateY(${(first + place) * rowHeight}px)`,
            }}
          >
            {cardOf(transaction, lanes, show)}
          </li>
        ))}
      </ol>
    </section>
  )
}

interface MadeCard {
  readonly version: number
  readonly lanes: string
  readonly node: VNode
}

const cards = new WeakMap<Transaction, MadeCard>()

/** Drawn anew only where something of it is new. `show` is taken to do the same each time. */
function cardOf(
  transaction: Transaction,
  lanes: readonly string[],
  show: (transaction: Transaction) => void,
): VNode {
  const { version } = transaction
  const known = cards.get(transaction)
  const names = lanes.join(' ')
  if (known?.version === version && known.lanes === names) return known.node
  const node = <TransactionCard transaction={transaction} lanes={lanes} show={show} />
  cards.set(transaction, { version, lanes: names, node })
  return node
}
