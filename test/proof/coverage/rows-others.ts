import { because, by, type Group, notApplicable, row } from './row.ts'

/** Of both halves: safe first, then live. */
const SIMULATION = 'clusters by seed'

const absent = (why: string) => because(`not applicable: ${why}`)

/** What other projects test, where it fits. */
export const OTHERS: readonly Group[] = [
  {
    id: 'D7 Percolator',
    title: 'talent-plan, Percolator',
    rows: [
      row('commit_primary_success', '', by('commit_primary_success:')),
      row('commit_primary_success_without_response', ''),
      row('commit_primary_drop_secondary_requests', ''),
      row('commit_primary_fail', ''),
      ...notApplicable(
        `get_timestamp_under_unreliable_network predicate_many_preceders_read
        predicate_many_preceders_write lost_update read_skew_read_only read_skew_predicate_dependencies
        read_skew_write_predicate write_skew anti_dependency_cycles`,
        'a transaction changes one picture and reads none: there are no versions to read',
      ),
    ],
  },
  {
    id: 'D7 Maelstrom',
    title: 'Maelstrom workloads',
    rows: [
      row(
        'lin-kv',
        'the queue in its place',
        by('Linearizable4', 'the checker and the definition agree about queues'),
      ),
      row('echo', '', by('every node takes a write and shows it at once')),
      row('unique-ids', 'of tracks: the client gives them', by('an id already queued')),
      ...notApplicable(
        'broadcast g-counter g-set kafka pn-counter',
        'no such service; votes are counted in the log (R16)',
      ),
      ...notApplicable(
        'txn-list-append txn-rw-register',
        'a transaction changes one picture: there are no cycles between transactions to look for',
      ),
    ],
  },
  {
    id: 'D7 dragonboat',
    title: 'dragonboat, monkey checks',
    rows: [
      row(
        'no linearizability violation',
        '',
        by('Linearizable4', 'and linearizable reads hold', SIMULATION),
      ),
      row('no shard stuck', 'after healing all must move', by('five properties', SIMULATION)),
      row(
        'state machines in sync',
        '',
        by('R17 the state of all replicas', 'TestBasic4A', SIMULATION),
      ),
      row('membership consistent', '', by('R23 who is a member', 'five properties', SIMULATION)),
      row('log DB consistent', '', by('any sequence of saves is what is found')),
      row('no zombie', 'who was removed stays away', by('a removed server is told', 'R19 ')),
    ],
  },
  {
    id: 'D7 Vitess',
    title: 'Vitess, distributed transactions',
    rows: [
      row('killed between prepare and commit', '', by('D7 Vitess a participant')),
      row('coordinator gone', '', by('D7 Vitess the coordinator', 'the coordinator is gone')),
      row('CommitPreparedFail', '', by('D7 Vitess CommitPreparedFail')),
    ],
  },
  {
    id: 'D7 Citus',
    title: 'Citus, mitmproxy',
    rows: [
      row(
        'cut or killed at each message',
        '',
        by('every moment × role × crash', 'the relay between real processes'),
      ),
      row(
        'SQL of the protocol',
        '',
        absent('there is none: the messages are those of the row above'),
      ),
    ],
  },
]
