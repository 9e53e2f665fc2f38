import { because, by, type Group, named, notApplicable, type Row, row } from './row.ts'

/** In the lab under its name, and with real processes or files under theirs. */
function both(name: string, what: string, ...real: string[]): Row {
  return row(name, what, by(name, ...real))
}

/** MIT 6.5840: the Raft lab, its key-value service, and what of the other labs applies. */
export const LABS: readonly Group[] = [
  {
    id: 'D1',
    title: 'MIT 6.5840 lab 3, Raft',
    rows: [
      ...named('TestInitialElection3A TestManyElections3A', 'elections'),
      both('TestReElection3A', 'elections', 'report case 4', 'is stopped is replaced'),
      ...named('TestBasicAgree3B TestRPCBytes3B TestFollowerFailure3B TestLeaderFailure3B', 'log'),
      ...named('TestFailAgree3B TestFailNoAgree3B TestConcurrentStarts3B TestRejoin3B', 'log'),
      ...named('TestBackup3B TestCount3B', 'log'),
      both('TestPersist13C', 'persistence', 'O9 S8 all killed at once', 'L9 a rolling restart'),
      ...named('TestPersist23C TestPersist33C TestFigure83C', 'persistence'),
      ...named('TestUnreliableAgree3C TestFigure8Unreliable3C', 'persistence'),
      ...named('TestReliableChurn3C TestUnreliableChurn3C', 'persistence'),
      ...named('TestSnapshotBasic3D TestSnapshotInstall3D', 'snapshots'),
      ...named('TestSnapshotInstallUnreliable3D TestSnapshotInstallUnCrash3D', 'snapshots'),
      both('TestSnapshotInstallCrash3D', 'snapshots', 'S15 a node that was away'),
      both('TestSnapshotAllCrash3D', 'snapshots', 'O9 S8 all killed at once'),
      both('TestSnapshotInit3D', 'snapshots', 'S16 killed between a snapshot'),
    ],
  },
  {
    id: 'D2',
    title: 'MIT 6.5840 lab 4, a service over Raft',
    rows: [
      ...named('TestBasic4A TestConcurrent4A TestLeaderFailure4A', 'state machine'),
      ...named('TestLeaderPartition4A TestRestartReplay4A', 'state machine'),
      ...named('TestShutdown4A TestRestartSubmit4A TestSnapshot4C', 'state machine'),
      ...named('TestBasic4B TestSpeed4B TestConcurrent4B TestUnreliable4B', 'service'),
      ...named('TestOnePartition4B TestManyPartitionsOneClient4B', 'service'),
      ...named('TestManyPartitionsManyClients4B TestPersistOneClient4B', 'service'),
      ...named('TestPersistConcurrent4B TestPersistConcurrentUnreliable4B', 'service'),
      ...named('TestPersistPartition4B TestPersistPartitionUnreliable4B', 'service'),
      ...named('TestPersistPartitionUnreliableLinearizable4B', 'service'),
      ...named('TestSnapshotRPC4C TestSnapshotSize4C TestSpeed4C', 'service with snapshots'),
      ...named('TestSnapshotRecover4C TestSnapshotRecoverManyClients4C', 'service with snapshots'),
      ...named('TestSnapshotUnreliable4C', 'service with snapshots'),
      ...named('TestSnapshotUnreliableRecover4C', 'service with snapshots'),
      ...named('TestSnapshotUnreliableRecoverConcurrentPartition4C', 'service with snapshots'),
      ...named(
        'TestSnapshotUnreliableRecoverConcurrentPartitionLinearizable4C',
        'service with snapshots',
      ),
    ],
  },
  {
    id: 'D2+',
    title: 'MIT 6.5840, the other labs',
    rows: [
      ...named('TestReliablePut TestPutConcurrentReliable', 'one server'),
      ...named('TestMemPutManyClientsReliable TestUnreliableNet', 'one server'),
      row(
        'lock TestOneClient',
        'a lock over the service',
        because('not applicable: no lock service is offered; the locks of pictures are P8 and O14'),
      ),
      row(
        'lock TestManyClients',
        'a lock over the service',
        because('not applicable: no lock service is offered; the locks of pictures are P8 and O14'),
      ),
      row('5C PartitionControllerJoin', 'an old controller that comes back is fenced', by('P12 ')),
      ...notApplicable(
        '5A/InitQuery 5A/StaticOneShardGroup 5A/JoinBasic 5A/DeleteBasic 5A/JoinLeaveBasic 5A/ManyJoinLeave 5A/Shutdown 5A/ProgressShutdown 5A/ProgressJoin 5A/ConcurrentClerk 5B/JoinLeave 5B/RecoverCtrler 5C/ConcurrentReliable 5C/AcquireLockConcurrentUnreliable 5C/PartitionRecovery',
        'one Raft group keeps one queue: there are no shards and no shard controller',
      ),
    ],
  },
]
