import { countText } from '../../../common/web/model/time-format.ts'
import { Badge, Button, Card, Field, Notice } from '../../../common/web/view/parts.tsx'
import { TableScroll } from '../../../common/web/view/TableScroll.tsx'
import { about, pageOf } from '../about.ts'
import { adminToken } from '../members-api.ts'
import type { NodeView } from '../model/node-views.ts'
import { model, view } from '../store.ts'
import { AddLearner } from './AddLearner.tsx'
import { ask, busy, Confirmation, promote, removal, transfer } from './deeds.tsx'
import { NodeName, RoleBadge } from './role.tsx'

/** Who is in the cluster, and changes of that. */
export function Members() {
  const { nodes } = view.value
  const members = nodes.filter(({ member }) => member !== null)
  const others = nodes.filter(({ member }) => member === null)
  const may = mayChange()
  return (
    <div class="stack">
      <WhereToChange />
      <Card title="Members" note={countsText(members)} testId="members">
        <TableScroll label="Members of the cluster">
          <table class="table">
            <caption class="visually-hidden">Members of the cluster</caption>
            <thead>
              <tr>
                <th scope="col">Node</th>
                <th scope="col">Role</th>
                <th scope="col">Vote</th>
                <th scope="col">Address</th>
                <th scope="col">Fed by</th>
                <th scope="col" class="number">
                  Match
                </th>
                <th scope="col">Change</th>
              </tr>
            </thead>
            <tbody>
              {[...members, ...others].map((node) => (
                <MemberRow key={node.id} node={node} may={may} />
              ))}
            </tbody>
          </table>
        </TableScroll>
        <p class="busy" role="status">
          {busy.value}
        </p>
      </Card>
      <div class="two">
        <AddLearner disabled={!may} nodes={nodes} />
      </div>
      <Confirmation />
    </div>
  )
}

function countsText(members: readonly NodeView[]): string {
  const voters = members.filter(({ member }) => member?.voter === true).length
  const learners = members.length - voters
  const rest = learners === 0 ? '' : `, ${learners} ${learners === 1 ? 'learner' : 'learners'}`
  return `${voters} voters${rest}; ${Math.floor(voters / 2) + 1} are a majority`
}

/** Only the leader changes who is a member; a page speaks with its own node alone. */
function mayChange(): boolean {
  const { leadership } = view.value
  return leadership.kind === 'leader' && String(leadership.id) === model.asked && !throughGateway()
}

function throughGateway(): boolean {
  const gateway = about.value?.gateway
  return gateway != null && new URL(gateway).origin === location.origin
}

function WhereToChange() {
  const { leadership } = view.value
  const token = about.value?.adminToken === true
  if (mayChange()) return token ? <TokenField /> : null
  if (leadership.kind !== 'leader') {
    return <Notice tone="warn">Members are changed by the leader, and none is heard now.</Notice>
  }
  const page = pageOf(leadership.id)
  return (
    <Notice tone="off" testId="to-leader">
      Members are changed at the leader.{' '}
      {page === null ? (
        `That is node ${leadership.id}.`
      ) : (
        <a href={`${page}#members`}>Open the page of node {leadership.id}</a>
      )}
    </Notice>
  )
}

function TokenField() {
  return (
    <Card title="Token">
      <Field label="Admin token, sent with every change">
        {(id) => (
          <input
            id={id}
            class="input"
            type="password"
            autocomplete="off"
            value={adminToken.value}
            onInput={(event) => {
              adminToken.value = event.currentTarget.value
            }}
          />
        )}
      </Field>
    </Card>
  )
}

interface MemberRowProps {
  readonly node: NodeView
  readonly may: boolean
}

function MemberRow({ node, may }: MemberRowProps) {
  const { id, member, knowledge, matchIndex } = node
  const leads = knowledge === 'live' && node.state?.role === 'leader'
  return (
    <tr data-testid={`member-${id}`}>
      <th scope="row">
        <NodeName id={id} />
      </th>
      <td>
        <RoleBadge node={node} />
      </td>
      <td>
        <Vote node={node} />
      </td>
      <td>
        <code>{member?.address ?? '–'}</code>
      </td>
      <td>{member === null || member.state === '' ? '–' : member.state}</td>
      <td class="number">{matchIndex === null ? '–' : countText(matchIndex)}</td>
      <td>
        <div class="deeds">{member !== null && <Deeds node={node} may={may} leads={leads} />}</div>
      </td>
    </tr>
  )
}

function Vote({ node: { member } }: { readonly node: NodeView }) {
  if (member === null) {
    return (
      <Badge tone="warn" icon="question">
        No member
      </Badge>
    )
  }
  return (
    <Badge tone={member.voter ? 'good' : 'off'} icon={member.voter ? 'check' : 'diamond'}>
      {member.voter ? 'Voter' : 'Learner'}
    </Badge>
  )
}

interface DeedsProps extends MemberRowProps {
  readonly leads: boolean
}

function Deeds({ node: { id, member }, may, leads }: DeedsProps) {
  const voter = member?.voter === true
  return (
    <>
      {voter && !leads && (
        <Button disabled={!may} onClick={() => ask(transfer(id))}>
          Make leader
        </Button>
      )}
      {!voter && (
        <Button disabled={!may} onClick={() => ask(promote(id))}>
          Let it vote
        </Button>
      )}
      <Button kind="danger" disabled={!may} onClick={() => ask(removal(id, voter))}>
        Remove
      </Button>
    </>
  )
}
