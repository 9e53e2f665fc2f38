import { signal } from '@preact/signals'
import { EventClient } from '../../../common/web/event-source.ts'
import type { Connection } from '../../../common/web/model/connection.ts'
import { Card } from '../../../common/web/view/parts.tsx'
import { Shell } from '../../../common/web/view/Shell.tsx'
import { now } from '../../../common/web/view/use-now.ts'

const connection = signal<Connection>({ kind: 'connecting', since: Date.now(), before: null })
const heard = signal(0)
const client = new EventClient({
  url: './events?cluster=1',
  take: (events) => {
    heard.value += events.length
  },
  connection: (state) => {
    connection.value = state
  },
})
void client.run()

export function Page() {
  return (
    <Shell title="Pictures" icon="pictures" connection={connection.value} now={now.value}>
      <Card title="Events">{heard.value}</Card>
    </Shell>
  )
}
