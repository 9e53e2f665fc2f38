import { signal } from '@preact/signals'
import { post } from './queue-api.ts'

/** Sent with changes where the cluster asks for it; kept as long as the page is open. */
export const adminToken = signal('')

export type AdminMethod = 'AddLearner' | 'Promote' | 'RemoveServer' | 'TransferLeadership'

/** How it ended. Unknown stays unknown: the members as the leader tells them show what came of it. */
export interface AdminResult {
  readonly kind: 'done' | 'refused' | 'unknown'
  readonly message: string
}

export async function administer(
  method: AdminMethod,
  body: Readonly<Record<string, unknown>>,
): Promise<AdminResult> {
  const headers: Record<string, string> =
    adminToken.value === '' ? {} : { 'x-admin-token': adminToken.value }
  try {
    const answer = await post(`admin/${method}`, body, headers)
    if (answer.status === 200) return { kind: 'done', message: '' }
    const said = (typeof answer.body === 'object' ? answer.body : null) as {
      message?: unknown
      outcome?: unknown
    } | null
    const message = typeof said?.message === 'string' ? said.message : `answer ${answer.status}`
    return { kind: said?.outcome === 'refused' ? 'refused' : 'unknown', message }
  } catch {
    return { kind: 'unknown', message: 'no answer from the node' }
  }
}
