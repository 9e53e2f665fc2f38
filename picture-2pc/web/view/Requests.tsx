import { countText } from '../../../common/web/model/time-format.ts'
import { Icon, type IconName } from '../../../common/web/view/Icon.tsx'
import { Button, UserText } from '../../../common/web/view/parts.tsx'
import { isSettled, type RequestState } from '../model/answers.ts'
import { reasonWords } from '../model/words.ts'
import {
  askAgain,
  forget,
  forgetSettled,
  type PictureRequest,
  requests,
  settledLast,
} from '../requests.ts'
import { bytesText } from './picture-words.ts'

/** Of those that wait for their turn; how many more there are is said. */
const MOST_QUEUED = 20

/** What this page asked for, and what became of it. */
export function Requests() {
  const all = requests.value
  const inTurn = [...all].sort(byTurn)
  const hidden = new Set(inTurn.filter(({ state }) => state.kind === 'queued').slice(MOST_QUEUED))
  const settled = all.some(({ state }) => isSettled(state))
  return (
    <section class="requests" aria-label="Your requests">
      <div class="requests-head">
        <h3>Your requests</h3>
        <Button kind="quiet" disabled={!settled} onClick={forgetSettled}>
          Clear
        </Button>
      </div>
      <ol class="request-list">
        {all.length === 0 && <li class="request none">Nothing was asked for yet.</li>}
        {inTurn.map((request) =>
          hidden.has(request) ? null : <RequestRow key={request.id} request={request} />,
        )}
        {hidden.size > 0 && (
          <li class="request none">{countText(hidden.size)} more wait for their turn.</li>
        )}
      </ol>
      <SettledLast />
    </section>
  )
}

/** Read out: outcomes, and not how many bytes are sent. */
function SettledLast() {
  const last = settledLast.value
  return (
    <p class="visually-hidden" role="status">
      {last !== null && (
        <>
          {ACTS[last.kind]} <UserText text={last.filename} />:{' '}
          {outcomeText(last.state, last.nodes === null)}
        </>
      )}
    </p>
  )
}

/** What is under way, then what waits in its turn, then what is over, the newest first. */
function byTurn(one: PictureRequest, other: PictureRequest): number {
  const [first, second] = [turnOf(one), turnOf(other)]
  if (first !== second) return first - second
  return first === 1 ? one.id - other.id : other.id - one.id
}

function turnOf({ state }: PictureRequest): number {
  if (state.kind === 'queued') return 1
  return isSettled(state) ? 2 : 0
}

const ACTS: Readonly<Record<PictureRequest['kind'], string>> = {
  upload: 'Upload',
  like: 'Like',
  delete: 'Delete',
  remove: 'Delete',
}

const ICONS: Readonly<Record<RequestState['kind'], IconName>> = {
  queued: 'clock',
  sending: 'up',
  waiting: 'clock',
  committed: 'check',
  aborted: 'cross',
  done: 'check',
  refused: 'cross',
  unknown: 'question',
}

function RequestRow({ request }: { readonly request: PictureRequest }) {
  const { id, kind, filename, nodes, state } = request
  const target = nodes === null ? '' : ` on ${nodes.join(', ')}`
  return (
    <li
      class={`request ${state.kind}`}
      data-testid="request"
      data-state={state.kind}
      data-kind={kind}
    >
      <Icon name={ICONS[state.kind]} />
      <div class="request-text">
        <p class="request-what" title={filename}>
          {ACTS[kind]} <UserText text={filename} oneLine />
          {target}
        </p>
        <p class="request-outcome">{outcomeText(state, nodes === null)}</p>
        {state.kind === 'sending' && (
          <progress max={state.total} value={state.sent} aria-label={`Sending ${filename}`} />
        )}
      </div>
      {state.kind === 'unknown' && <Button onClick={() => askAgain(id)}>Ask again</Button>}
      {mayTryAgain(state) && <Button onClick={() => askAgain(id)}>Try again</Button>}
      {isSettled(state) && (
        <Button
          kind="quiet"
          icon="cross"
          label={`Forget the request about ${filename}`}
          onClick={() => forget(id)}
        />
      )}
    </li>
  )
}

/** It took no effect, and another attempt may. */
function mayTryAgain(state: RequestState): boolean {
  return state.kind === 'aborted' || (state.kind === 'refused' && PASSING.has(state.code))
}

const PASSING: ReadonlySet<string> = new Set([
  ...['DISK_FULL', 'OVERLOADED', 'PICTURE_LOCKED', 'REQUEST_TIMEOUT', 'STARTING', 'STOPPING'],
])

function outcomeText(state: RequestState, transaction: boolean): string {
  switch (state.kind) {
    case 'queued':
      return 'queued: files go one after the other'
    case 'sending':
      return `sending, ${bytesText(state.sent)} of ${bytesText(state.total)}`
    case 'waiting':
      return 'sent; not answered yet'
    case 'committed':
      return state.unacknowledged.length === 0
        ? 'committed on all nodes'
        : `committed; not acknowledged yet by ${state.unacknowledged.join(', ')}, sent again until it is`
    case 'aborted':
      return `aborted, nothing was changed: ${whyAborted(state.votes)}`
    case 'done':
      return doneText(state)
    case 'refused':
      return `refused, nothing was changed: ${state.sentence} (${state.code})`
    case 'unknown':
      return `Outcome not known: ${state.why}. ${
        transaction ? 'Asking again does it at most once.' : 'Asking again does it once more.'
      }`
  }
}

type Aborted = Extract<RequestState, { kind: 'aborted' }>

function whyAborted(votes: Aborted['votes']): string {
  const against = votes.filter(({ vote }) => vote !== 'commit')
  const said = against.map(({ node, vote, reason }) =>
    vote === 'abort'
      ? `${node} voted no, ${reasonWords(reason)}`
      : `${node} did not vote, ${reason}`,
  )
  return said.join('; ') || 'no vote was against it'
}

function doneText({ nodes, failed }: Extract<RequestState, { kind: 'done' }>): string {
  const done = nodes.length === 0 ? 'done on no node' : `done on ${nodes.join(', ')}`
  if (failed.length === 0) return done
  return `${done}; not on ${failed.map(({ node, code }) => `${node} (${reasonWords(code)})`).join(', ')}`
}
