import { useEffect } from 'preact/hooks'
import { countText, lengthText } from '../../../common/web/model/time-format.ts'
import { throttled } from '../../../common/web/throttled.ts'
import { Button, Card, UserText } from '../../../common/web/view/parts.tsx'
import { VirtualList } from '../../../common/web/view/VirtualList.tsx'
import { whenSeen } from '../../../common/web/when-seen.ts'
import { RemoteList } from '../lists.ts'
import type { Track } from '../queue-api.ts'
import { version, view } from '../store.ts'
import { answered, change } from '../writer.ts'
import { AddTrack } from './AddTrack.tsx'
import { Changes } from './Changes.tsx'
import { Fresh } from './Fresh.tsx'
import { results, SearchBox, searchAgain, searchFreshness, searching } from './Search.tsx'

const queue = new RemoteList('GetQueue')
const history = new RemoteList('GetHistory')
/** How often the lists are read again while the cluster applies entries. */
const REFRESH_MS = 1000
const refresh = throttled(
  REFRESH_MS,
  whenSeen(() => {
    queue.changed()
    history.changed()
    searchAgain()
  }),
)

/** The queue of the cluster, its history, and this page's changes of it. */
export function Queue() {
  const applied = Math.max(0, ...view.value.nodes.map(({ state }) => state?.lastApplied ?? 0))
  const settled = answered.value
  useEffect(() => {
    void applied
    void settled
    refresh()
  }, [applied, settled])
  return (
    <div class="two wide-first queue">
      <QueueCard />
      <div class="stack">
        <AddTrack />
        <Changes />
        <HistoryCard />
      </div>
    </div>
  )
}

function QueueCard() {
  void queue.version.value
  const total = queue.list.total
  const found = searching.value ? results.value : null
  const count = found === null ? (total ?? 0) : found.tracks.length
  const trackAt = (index: number) =>
    found === null ? queue.list.at(index) : found.tracks[index]?.track
  const tools = (
    <Button kind="primary" icon="next" disabled={total === 0} onClick={playNext}>
      Play next
    </Button>
  )
  const note = total === null ? '' : `${countText(total)} ${total === 1 ? 'track' : 'tracks'}`
  return (
    <Card title="Queue" note={note} tools={tools} testId="queue">
      <div class="queue-tools">
        <SearchBox total={total} />
        <Fresh freshness={found === null ? queue.freshness.value : searchFreshness.value} />
      </div>
      <div class="queue-head" aria-hidden="true">
        <span>Place</span>
        <span>Track</span>
        <span>Votes</span>
        <span>Length</span>
      </div>
      {count === 0 ? (
        <p class="empty queue-empty">{emptyWords(total, found !== null)}</p>
      ) : (
        <VirtualList
          label="Queue, in order"
          count={count}
          rowRem={3.4}
          heightRem={42}
          onRange={found === null ? queue.look : ignore}
          testId="queue-list"
          keyOf={(index) => trackAt(index)?.id}
          row={(index) => {
            const position = found?.tracks[index]?.position ?? index + 1
            return <QueueRow track={trackAt(index)} position={position} />
          }}
        />
      )}
    </Card>
  )
}

function ignore(): void {}

function emptyWords(total: number | null, searched: boolean): string {
  if (searched) return results.value === null ? 'Searching…' : 'No track fits'
  return total === null ? 'Asking for the queue…' : 'Nothing is queued. Add a track.'
}

interface QueueRowProps {
  readonly track: Track | undefined
  readonly position: number
}

function QueueRow({ track, position }: QueueRowProps) {
  if (track === undefined) return <div class="track loading">{position}</div>
  const { id, title, artist, votes, duration } = track
  const name = title === '' ? id : title
  return (
    <div class="track" data-testid="track" data-track={id}>
      <span class="track-place">{countText(position)}</span>
      <span class="track-words">
        <UserText text={name} oneLine />
        <span class="track-artist one-line">
          <UserText text={artist} />
        </span>
      </span>
      <span class="track-votes">
        <Button kind="quiet" icon="up" label={`Upvote ${name}`} onClick={() => vote(track, true)} />
        <span class="track-score" data-testid="votes">
          {votes}
        </span>
        <Button
          kind="quiet"
          icon="down"
          label={`Downvote ${name}`}
          onClick={() => vote(track, false)}
        />
      </span>
      <span class="track-length">{lengthText(duration)}</span>
      <Button kind="quiet" icon="trash" label={`Remove ${name}`} onClick={() => remove(track)} />
    </div>
  )
}

function HistoryCard() {
  void history.version.value
  void version.value
  const total = history.list.total
  const newestFirst = (index: number) => history.list.at((total ?? 0) - 1 - index)
  const look = (first: number, end: number) =>
    history.look(Math.max(0, (total ?? 1) - end), Math.max(1, (total ?? 1) - first))
  const note = total === null ? '' : `${countText(total)} played, newest first`
  return (
    <Card title="History" note={note} testId="history">
      {total === null || total === 0 ? (
        <p class="empty">
          {total === null ? 'Asking for the history…' : 'Nothing was played yet.'}
        </p>
      ) : (
        <VirtualList
          label="History, newest first"
          count={total}
          rowRem={2.8}
          heightRem={14}
          keepPlace
          onRange={look}
          row={(index) => <HistoryRow track={newestFirst(index)} place={total - index} />}
        />
      )}
    </Card>
  )
}

function HistoryRow({ track, place }: { track: Track | undefined; place: number }) {
  return (
    <div class="played" data-testid="played">
      <span class="track-place">{countText(place)}</span>
      <span class="track-words">
        <UserText text={track === undefined ? '…' : track.title || track.id} oneLine />
        <span class="track-artist one-line">
          <UserText text={track?.artist ?? ''} />
        </span>
      </span>
      <span class="track-length">{track === undefined ? '' : lengthText(track.duration)}</span>
    </div>
  )
}

function playNext(): void {
  change({ rpc: 'PlayNext', body: {}, words: 'Play next', subject: '', trackId: '' })
}

function vote({ id, title }: Track, up: boolean): void {
  const words = up ? 'Upvote' : 'Downvote'
  change({ rpc: 'VoteTrack', body: { id, up }, words, subject: title || id, trackId: id })
}

function remove({ id, title }: Track): void {
  change({ rpc: 'RemoveTrack', body: { id }, words: 'Remove', subject: title || id, trackId: id })
}
