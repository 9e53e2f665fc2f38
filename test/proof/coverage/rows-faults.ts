import { because, by, type Group, notApplicable, type Row, row } from './row.ts'

const absent = (why: string) => because(`not applicable: ${why}`)
const MATRIX = 'every moment × role × crash'
/** Of both halves: each draws its faults from a seed. */
const SIMULATION = 'clusters by seed'
const TWO_PHASE_MATRIX = by(MATRIX)

/** A place in docs/2PC-MATRIX.md, where the matrix tests print what became of it. */
function moment(id: string, what: string, place: string): Row {
  return row(id, what, { ...TWO_PHASE_MATRIX, reason: `${place} of [the matrix](2PC-MATRIX.md)` })
}

/** Faults and the places where they strike. */
export const FAULTS: readonly Group[] = [
  {
    id: 'D5 processes',
    title: 'Failpoints of etcd: processes',
    rows: [
      row(
        'kill -9',
        '',
        by(
          'kill -9 of the leader',
          'all killed at once',
          'while clients work',
          'is killed after votes',
        ),
      ),
      row(
        'panic at a point',
        '',
        by(
          'a process dies between any two steps',
          'R9 a crash at any operation',
          MATRIX,
          SIMULATION,
        ),
      ),
      row('sleep at a point', '', by(MATRIX, 'SIGSTOP', 'whose disk stands still', SIMULATION)),
      row('member replace', '', by('a sixth node joins', 'a wiped disk comes back')),
      ...notApplicable(
        'downgrade upgrade',
        'there is one version; commands, snapshots and logs carry the number of their format and refuse another',
      ),
    ],
  },
  {
    id: 'D5 log',
    title: 'Failpoints of etcd: the Raft log',
    rows: [
      row(
        'raftBeforeSave raftAfterSave',
        '',
        by('R9 a crash at any operation', 'O9 a vote leaves when it is on disk'),
      ),
      row(
        'walBeforeSync walAfterSync',
        '',
        by('power cut at every operation', 'killed in the middle of a write'),
      ),
      row('raftBeforeAdvance', '', by('O5 an entry is confirmed and applied when it is on disk')),
      row(
        'raftAfterWALRelease',
        '',
        by('S8 the log goes when the snapshot', 'S8 a snapshot taken here stands beside'),
      ),
      row(
        'raftBeforeLeaderSend raftBeforeFollowerSend',
        '',
        by('async_storage_writes:', 'O9 RequestVote and a granted vote leave only after'),
      ),
      row('raftDropHeartbeat', '', by('TestUnreliableAgree3C', 'L3 ticks missed in a pause')),
    ],
  },
  {
    id: 'D5 snapshots',
    title: 'Failpoints of etcd: snapshots',
    rows: [
      row(
        'raftBeforeSaveSnap raftAfterSaveSnap raftBeforeWALSaveSnapshot',
        '',
        by('S16 killed between a snapshot', 'a power cut at every step of replaceFile'),
      ),
      row(
        'raftBeforeApplySnap raftAfterApplySnap',
        '',
        by('S16 a crash after any chunk', 'S16 killed between snapshot and log'),
      ),
      row(
        'applyBeforeOpenSnapshot applyAfterOpenSnapshot',
        '',
        by('S2 a damaged snapshot, or one that is gone', 'TestSnapshotFailure'),
      ),
    ],
  },
  {
    id: 'D5 apply',
    title: 'Failpoints of etcd: state machine',
    rows: [
      row('beforeApplyOneEntryNormal', '', by('TestRestartReplay4A', 'TestRestartSubmit4A')),
      row('beforeApplyOneConfChange', '', by('R3 a configuration is in force from the log')),
      row(
        'compactBefore compactAfter (8)',
        'of the log, once a snapshot stands for it',
        by('S8 a snapshot taken here stands beside', 'power cut at every operation of opening'),
      ),
      row(
        'commit and transaction points of the backend (8)',
        '',
        absent('there is no database: the state is in memory, made from snapshot and log (S8)'),
      ),
      row('defragBeforeCopy defragBeforeRename', '', absent('nothing is ever defragmented')),
      row('watch points (4)', '', absent('no call is a watch; `watch` asks again (T14)')),
    ],
  },
  {
    id: 'D5 network',
    title: 'Failpoints of etcd: network',
    rows: [
      row(
        'blackhole peer',
        '',
        by('TestFollowerFailure3B', 'cut off the network', 'O1 L8 a minority commits nothing'),
      ),
      row('delay peer', '', by('TestUnreliableAgree3C', 'slow keeps the order')),
      row('drop packets', '', by('TestUnreliableChurn3C', 'TestUnreliable4B', SIMULATION)),
      row(
        'blackhole until a snapshot is needed',
        '',
        by('TestSnapshotInstall3D', 'TestSnapshotRPC4C', 'S15 a node that was away'),
      ),
    ],
  },
  {
    id: 'D5 ours',
    title: 'Faults beyond etcd’s',
    rows: [
      row('one-way cut', '', by('a cut is silent one way only', MATRIX, SIMULATION)),
      row('duplicate', '', by(MATRIX, 'five properties and linearizable reads', SIMULATION)),
      row('reorder', '', by('TestFigure8Unreliable3C', 'WithReorderedMessage', MATRIX, SIMULATION)),
      row(
        'slow fsync',
        '',
        by('whose disk stands still', 'uses threads after a stall', SIMULATION),
      ),
      row(
        'failed fsync',
        '',
        by('S6 one', 'S6 a disk that fails', 'S6 L1 ends its node', SIMULATION),
      ),
      row(
        'full disk',
        '',
        by('S7 S11 S12 a full disk refuses', 'on full disks', 'on small disks', SIMULATION),
      ),
      row(
        'bit flip',
        '',
        by('log flipped', 'one flipped byte in a log', 'S2 a damaged log', SIMULATION),
      ),
      row('cut file', '', by('log … at every byte', 'is cut: it starts, twice')),
      row(
        'lost unsynced data',
        '',
        by('power cut at every operation', 'no power cut takes back', SIMULATION),
      ),
      row('clock jump', '', by('the wall clock of a process jumps')),
      row('SIGSTOP pause', '', by('SIGSTOP of real processes', 'is stopped is replaced')),
      row(
        'volume wipe',
        '',
        by('a wiped disk comes back', 'R24 the openraft FAQ schedule', SIMULATION),
      ),
      row(
        'DNS change',
        '',
        by('swap their addresses', 'comes back at another address', 'killed and made anew'),
      ),
    ],
  },
  {
    id: 'D6 Oracle',
    title: 'Two-phase commit: Oracle’s crash tests',
    rows: [
      moment('ORA-2PC-CRASH-TEST-1', 'commit point site, votes collected', 'C9'),
      moment('ORA-2PC-CRASH-TEST-2', 'another site, it has voted', 'P5'),
      moment('ORA-2PC-CRASH-TEST-3', 'before it prepares', 'P1'),
      moment('ORA-2PC-CRASH-TEST-4', 'after it prepared', 'P4'),
      moment('ORA-2PC-CRASH-TEST-5', 'commit point site, before the commit', 'C10'),
      moment('ORA-2PC-CRASH-TEST-6', 'commit point site, after the commit', 'C11'),
      moment('ORA-2PC-CRASH-TEST-7', 'another site, before the commit', 'P6'),
      moment('ORA-2PC-CRASH-TEST-8', 'another site, after the commit', 'P9'),
      moment('ORA-2PC-CRASH-TEST-9', 'commit point site, before it forgets', 'C19'),
      moment('ORA-2PC-CRASH-TEST-10', 'another site, before it forgets', 'P12'),
    ],
  },
  {
    id: 'D6 coordinator',
    title: 'Two-phase commit: crash points of the coordinator',
    rows: [
      moment('begin record', 'presumed abort writes none', 'C2'),
      moment('after the k-th VoteRequest', 'k = 1, 2, 3', 'C3 to C5'),
      moment('after the k-th vote', 'k = 1, 2, 3', 'C6 to C8'),
      moment('the decision’s fsync', 'before and after', 'C10, C11'),
      moment('after the k-th decision', 'k = 1, 2, 3', 'C12 to C14'),
      moment('after the k-th ACK', 'k = 1, 2, 3', 'C15 to C17'),
      moment('after all ACKs', 'before it forgets', 'C18, C19'),
      moment('after forget', '', 'C20'),
      row(
        'two at once',
        'a coordinator and a participant',
        by('the coordinator and a participant fail', 'a process dies between any two steps'),
      ),
    ],
  },
  {
    id: 'D6 participant',
    title: 'Two-phase commit: crash points of a participant',
    rows: [
      moment('VoteRequest received', '', 'P1'),
      moment('after the lock', 'before the vote record', 'P2'),
      moment('after the vote record', 'before its fsync', 'P3'),
      moment('after the vote’s fsync', 'before YES is sent', 'P4'),
      moment('after YES is sent', '', 'P5'),
      moment('decision received', 'before and after its fsync', 'P6 to P9'),
      moment('after metadata, after unlink', 'there is no trash: bytes go last', 'P10, P11'),
      moment('before the ACK is sent', '', 'P12'),
      row('AC1–AC5', 'atomic commitment, in every cell', by('AC1–AC5')),
      row(
        'nothing is left',
        'no lock, no stray file, an answer that is true',
        by(MATRIX, 'the shipped processes read what is left'),
      ),
    ],
  },
]
