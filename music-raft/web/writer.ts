import { signal } from '@preact/signals'
import { backOffMs } from '../../common/web/model/back-off.ts'
import { toast } from '../../common/web/view/Toasts.tsx'
import { type Change, Outbox, type Write } from './model/outbox.ts'
import { sendChange } from './queue-api.ts'

const outbox = new Outbox()
const BACK_OFF = { firstMs: 250, mostMs: 4000 }

/** This page's changes, oldest first. */
export const writes = signal<readonly Write[]>([])

let running = false
let abandonCurrent: (requestId: number) => void = () => undefined

/** Puts a change behind those that wait. */
export function change(asked: Change): void {
  if (outbox.add(asked) === null) {
    toast('bad', 'Too many changes wait for an answer already. Nothing was begun.')
    return
  }
  show()
  void run()
}

/** Asks no more about a change. */
export function abandon(requestId: number): void {
  outbox.abandon(requestId)
  show()
  abandonCurrent(requestId)
}

/** Called whenever a change was answered. */
export const answered = signal(0)

/** One at a time, each with the same ids until it is answered. */
async function run(): Promise<void> {
  if (running) return
  running = true
  for (let write = outbox.next(); write !== null; write = outbox.next()) {
    await settle(write)
    answered.value += 1
  }
  running = false
}

async function settle({ rpc, body, requestId }: Write): Promise<void> {
  const stop = new AbortController()
  abandonCurrent = (id) => {
    if (id === requestId) stop.abort()
  }
  for (let attempts = 1; isOpen(requestId); attempts += 1) {
    outbox.sent(requestId)
    show()
    const outcome = await sendChange(rpc, body, requestId, stop.signal)
    outbox.ended(requestId, outcome)
    show()
    if (!isOpen(requestId)) break
    await waited(backOffMs(attempts, BACK_OFF, Math.random), stop.signal)
  }
  tell(requestId)
}

function isOpen(requestId: number): boolean {
  return outbox.next()?.requestId === requestId
}

function waited(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

function tell(requestId: number): void {
  const write = outbox.writes.find((each) => each.requestId === requestId)
  if (write === undefined) return
  const { state, words, subject, message } = write
  const what = `${words} ${subject}`.trim()
  if (state === 'done') toast('good', `Done: ${what}`)
  else if (state === 'noEffect') toast('warn', `No effect: ${what}: ${message}`)
  else if (state === 'refused') toast('bad', `Refused: ${what}: ${message}`)
}

function show(): void {
  writes.value = outbox.writes
}

/** Leaving the page while the outcome of a change is unknown is worth a question. Call once. */
export function guardUnload(): void {
  addEventListener('beforeunload', (event) => {
    if (outbox.open.length > 0) event.preventDefault()
  })
}
