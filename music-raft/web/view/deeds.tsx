import { signal } from '@preact/signals'
import { Confirm } from '../../../common/web/view/Dialog.tsx'
import { toast } from '../../../common/web/view/Toasts.tsx'
import { type AdminMethod, administer } from '../members-api.ts'

/** Something that is done only after it was confirmed. */
export interface Deed {
  readonly method: AdminMethod
  readonly body: Readonly<Record<string, unknown>>
  readonly title: string
  readonly act: string
  readonly explain: string
  readonly danger?: boolean
}

const asked = signal<Deed | null>(null)
/** What is under way; '' where nothing is. */
export const busy = signal('')

export function ask(deed: Deed): void {
  asked.value = deed
}

export function transfer(id: number): Deed {
  return {
    method: 'TransferLeadership',
    body: { to: id },
    title: `Hand leadership to node ${id}?`,
    act: 'Hand over',
    explain: 'The leader takes nothing new until the other has caught up and leads.',
  }
}

export function promote(id: number): Deed {
  return {
    method: 'Promote',
    body: { id },
    title: `Let node ${id} vote?`,
    act: 'Let it vote',
    explain: 'It counts for every majority from then on. It must have caught up.',
  }
}

export function removal(id: number, voter: boolean): Deed {
  return {
    method: 'RemoveServer',
    body: { id },
    title: `Remove node ${id} from the cluster?`,
    act: `Remove node ${id}`,
    explain: voter
      ? 'The cluster has one voter less and survives the loss of fewer nodes. The id is not used again.'
      : 'It receives the log no more. The id is not used again.',
    danger: true,
  }
}

/** Asks whether what was asked for is meant. */
export function Confirmation() {
  const deed = asked.value
  if (deed === null) return null
  return (
    <Confirm
      title={deed.title}
      act={deed.act}
      danger={deed.danger === true}
      onConfirm={() => void carryOut(deed)}
      onClose={() => {
        asked.value = null
      }}
    >
      <p>{deed.explain}</p>
    </Confirm>
  )
}

async function carryOut({ method, body, act }: Deed): Promise<void> {
  busy.value = `${act}: pending`
  const { kind, message } = await administer(method, body)
  busy.value = ''
  if (kind === 'done') toast('good', `Done: ${act}`)
  else if (kind === 'refused') toast('bad', `Refused: ${act}: ${message}`)
  else toast('bad', `Not known whether it took effect: ${act}: ${message}. The members tell.`)
}
