import { signal } from '@preact/signals'
import { type Change, change, newKey } from './api.ts'
import { facts } from './cluster.ts'
import { renew, touch } from './gallery.ts'
import { isSettled, type RequestState } from './model/answers.ts'

/** A request of this page, and how it stands with it. */
export interface PictureRequest extends Change {
  readonly id: number
  readonly state: RequestState
}

/** Newest first; settled ones beyond these are forgotten. */
const KEPT = 200

export const requests = signal<readonly PictureRequest[]>([])
/** The one that was settled last, for whoever has it read out. */
export const settledLast = signal<PictureRequest | null>(null)

let lastId = 0
let uploading = false

/** Begins a change, or queues it: files go one after the other. */
export function ask(wanted: Omit<Change, 'key'>): number {
  lastId += 1
  const request: PictureRequest = {
    ...{ ...wanted, key: newKey(), id: lastId, state: { kind: 'queued' } },
  }
  requests.value = trimmed([request, ...requests.value])
  if (request.kind === 'upload') nextUpload()
  else begin(request)
  return request.id
}

/** Repeats one whose outcome is unknown, or that took no effect: with the same key it is the same. */
export function askAgain(id: number): void {
  const request = requests.value.find((each) => each.id === id)
  if (request === undefined || !isSettled(request.state)) return
  // What is known not to have been done is asked for anew.
  const key = request.state.kind === 'unknown' ? request.key : newKey()
  const renewed: PictureRequest = { ...request, key, state: { kind: 'queued' } }
  replace(renewed)
  if (renewed.kind === 'upload') nextUpload()
  else begin(renewed)
}

/** Takes it off the list; what it asked for goes on. */
export function forget(id: number): void {
  requests.value = requests.value.filter((each) => each.id !== id || !isSettled(each.state))
}

export function forgetSettled(): void {
  requests.value = requests.value.filter(({ state }) => !isSettled(state))
}

/** Files that are not sent yet are gone with the page: worth a question. Call once. */
export function guardUnload(): void {
  addEventListener('beforeunload', (event) => {
    const isLost = ({ kind, state }: PictureRequest) => kind === 'upload' && !isSettled(state)
    if (requests.value.some(isLost)) event.preventDefault()
  })
}

function begin(request: PictureRequest): void {
  const progress = (state: RequestState) => {
    replace({ ...request, state })
    if (!isSettled(state)) return
    settledLast.value = { ...request, state }
    if (request.kind === 'upload') {
      renew(request.filename)
      uploading = false
      nextUpload()
    }
    touch([request.filename])
  }
  const most = facts.value.maxPictureBytes
  if (request.file === null || most === null || request.file.size <= most) {
    change(request, progress)
  } else {
    const sentence = `It is larger than the ${most} bytes that are accepted; it was not sent.`
    progress({ kind: 'refused', code: 'PICTURE_TOO_LARGE', sentence })
  }
}

function nextUpload(): void {
  if (uploading) return
  const next = requests.value.findLast(
    ({ kind, state }) => kind === 'upload' && state.kind === 'queued',
  )
  if (next === undefined) return
  uploading = true
  begin(next)
}

function replace(request: PictureRequest): void {
  requests.value = requests.value.map((each) => (each.id === request.id ? request : each))
}

function trimmed(all: readonly PictureRequest[]): readonly PictureRequest[] {
  if (all.length <= KEPT) return all
  const oldest = all.findLastIndex(({ state }) => isSettled(state))
  return oldest < 0 ? all : all.toSpliced(oldest, 1)
}
