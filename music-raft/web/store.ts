import { computed, signal } from '@preact/signals'
import { EventClient } from '../../common/web/event-source.ts'
import { throttled } from '../../common/web/throttled.ts'
import { now } from '../../common/web/view/use-now.ts'
import { ClusterModel } from './model/cluster-model.ts'
import { clusterView } from './model/node-views.ts'

// What the page knows, and when it draws it anew. The picture of messages reads the model in every frame;
// words and numbers change a few times a second, which is as fast as they can be read.
const REDRAW_MS = 150

export const model = new ClusterModel({ kind: 'connecting', since: Date.now(), before: null })

/** Grows when there is something new to show. */
export const version = signal(0)
export const connection = signal(model.connection)
const redraw = throttled(REDRAW_MS, () => {
  version.value += 1
})

const client = new EventClient({
  url: './events?cluster=1',
  take: (events, heardAt) => {
    model.take(events, heardAt)
    redraw()
  },
  connection: (state) => {
    model.connected(state)
    connection.value = state
    redraw()
  },
})

/** All that is said of the cluster at this moment. */
export const view = computed(() => {
  // Read, so that it is made anew whenever they change.
  void version.value
  return clusterView(model, Math.max(now.value, model.heardAt))
})

/** Call once. */
export function beginListening(): void {
  void client.run()
}
