import { useState } from 'preact/hooks'
import { Button, Card, Field } from '../../../common/web/view/parts.tsx'
import type { NodeView } from '../model/node-views.ts'
import { ask } from './deeds.tsx'

interface AddLearnerProps {
  readonly disabled: boolean
  readonly nodes: readonly NodeView[]
}

/** Takes a node into the cluster that receives the log and does not vote yet. */
export function AddLearner({ disabled, nodes }: AddLearnerProps) {
  const next = Math.max(0, ...nodes.map(({ id }) => id)) + 1
  const [id, setId] = useState('')
  const [address, setAddress] = useState('')
  const submit = (event: Event) => {
    event.preventDefault()
    const chosen = id === '' ? String(next) : id
    ask({
      method: 'AddLearner',
      body: { id: chosen, address: address.trim() },
      title: `Add node ${chosen} as a learner?`,
      act: `Add node ${chosen}`,
      explain: `It is reached by its peers at ${address.trim()}, receives the log, and does not vote.`,
    })
  }
  return (
    <Card title="Add a node" note="as a learner, which may vote once it caught up">
      <form class="learner-form" onSubmit={submit}>
        <Field label="Id, never used before">
          {(field) => (
            <input
              id={field}
              class="input"
              type="number"
              min={1}
              max={Number.MAX_SAFE_INTEGER}
              placeholder={String(next)}
              value={id}
              onInput={(event) => setId(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="Address for its peers">
          {(field) => (
            <input
              id={field}
              class="input"
              required
              placeholder="raft-node6:50050"
              pattern="[^\s]+:[0-9]+"
              autocomplete="off"
              value={address}
              onInput={(event) => setAddress(event.currentTarget.value)}
            />
          )}
        </Field>
        <Button type="submit" icon="plus" disabled={disabled}>
          Add learner
        </Button>
      </form>
    </Card>
  )
}
