import { by, type Group, named, notApplicable, row, tests } from './row.ts'

const JOINT = 'one server at a time (§4.1): there is no joint configuration'
const LEASE = 'no lease reads: a read is confirmed by a majority, or asked for as stale'
const FORGET = 'there is no call that makes a follower forget its leader'

/** The tests of etcd-io/raft. */
export const ETCD: readonly Group[] = [
  {
    id: 'D3',
    title: 'etcd, raft_paper_test.go',
    rows: named(`
      TestFollowerUpdateTermFromMessage TestCandidateUpdateTermFromMessage
      TestLeaderUpdateTermFromMessage TestRejectStaleTermMessage TestStartAsFollower
      TestLeaderBcastBeat TestFollowerStartElection TestCandidateStartNewElection
      TestLeaderElectionInOneRoundRPC TestFollowerVote TestCandidateFallback
      TestFollowerElectionTimeoutRandomized TestCandidateElectionTimeoutRandomized
      TestFollowersElectionTimeoutNonconflict TestCandidatesElectionTimeoutNonconflict
      TestLeaderStartReplication TestLeaderCommitEntry TestLeaderAcknowledgeCommit
      TestLeaderCommitPrecedingEntries TestFollowerCommitEntry TestFollowerCheckMsgApp
      TestFollowerAppendEntries TestLeaderSyncFollowerLog TestVoteRequest TestVoter
      TestLeaderOnlyCommitsLogFromCurrentTerm`),
  },
  {
    id: 'D4 elections',
    title: 'etcd, elections',
    rows: tests(`
      LeaderElection LeaderElectionPreVote LeaderCycle LeaderCyclePreVote
      LeaderElectionOverwriteNewerLogs LeaderElectionOverwriteNewerLogsPreVote VoteFromAnyState
      PreVoteFromAnyState DuelingCandidates DuelingPreCandidates CandidateConcede
      SingleNodeCandidate SingleNodePreCandidate RecvMsgVote RecvMsgPreVote AllServerStepdown
      CandidateResetTermMsgHeartbeat CandidateResetTermMsgApp CandidateSelfVoteAfterLostElection
      CandidateSelfVoteAfterLostElectionPreVote
      CandidateDeliversPreCandidateSelfVoteAfterBecomingCandidate
      NodeWithSmallerTermCanCompleteElection PreVoteWithSplitVote
      PreVoteMigrationCanCompleteElection PreVoteMigrationWithFreeStuckPreCandidate
      PastElectionTimeout StateTransition CampaignWhileLeader`),
  },
  {
    id: 'D4 check-quorum',
    title: 'etcd, check-quorum',
    rows: tests(`
      LeaderStepdownWhenQuorumActive LeaderStepdownWhenQuorumLost LeaderSupersedingWithCheckQuorum
      LeaderElectionWithCheckQuorum FreeStuckCandidateWithCheckQuorum
      NonPromotableVoterWithCheckQuorum DisruptiveFollower DisruptiveFollowerPreVote
      PreVoteWithCheckQuorum`),
  },
  {
    id: 'D4 log',
    title: 'etcd, log',
    rows: tests(`
      LogReplication LogReplicationWithReorderedMessage FastLogRejection OldMessages
      StepIgnoreOldTermMsg HandleMsgApp HandleHeartbeat HandleHeartbeatResp
      CannotCommitWithoutNewTermEntry CommitWithoutNewTermEntry Commit SingleNodeCommit Proposal
      ProposalByProxy LeaderMsgAppSelfAckAfterTermChange LeaderAppResp LeaderIncreaseNext`),
  },
  {
    id: 'D4 flow control',
    title: 'etcd, flow control',
    rows: tests(`
      ProgressLeader ProgressPaused ProgressResumeByHeartbeatResp ProgressFlowControl
      SendAppendForProgressProbe SendAppendForProgressReplicate SendAppendForProgressSnapshot
      RecvMsgUnreachable MsgAppRespWaitReset MsgAppFlowControlFull MsgAppFlowControlMoveForward
      MsgAppFlowControlRecvHeartbeat UncommittedEntryLimit RawNodeBoundedLogGrowthWithPartition
      RawNodeCommitPaginationAfterRestart`),
  },
  {
    id: 'D4 reads',
    title: 'etcd, reads',
    rows: [
      ...tests(`
        ReadOnlyOptionSafe ReadOnlyWithLearner ReadOnlyForNewLeader ReadOnlyDuplicateRequest
        RaftFreesReadOnlyMem NodeReadIndexToOldLeader`),
      ...notApplicable('TestReadOnlyOptionLease', LEASE),
    ],
  },
  {
    id: 'D4 snapshots',
    title: 'etcd, snapshots',
    rows: [
      ...tests(`
        Restore RestoreWithLearner RestoreVoterToLearner RestoreLearnerPromotion
        RestoreIgnoreSnapshot ProvideSnap IgnoreProvidingSnap SlowNodeRestore
        SendingSnapshotSetPendingSnapshot PendingSnapshotPauseReplication SnapshotFailure
        SnapshotSucceed SnapshotAbort RawNodeRestartFromSnapshot`),
      ...notApplicable('TestRestoreWithVotersOutgoing', JOINT),
    ],
  },
  {
    id: 'D4 membership',
    title: 'etcd, membership',
    rows: [
      ...tests(`
        StepConfig StepIgnoreConfig NewLeaderPendingConfig AddNode AddLearner AddNodeCheckQuorum
        RemoveNode RemoveLearner CommitAfterRemoveNode Promotable ConfChangeCheckBeforeCampaign
        LearnerElectionTimeout LearnerPromotion LearnerCanVote LearnerLogReplication
        LearnerReceiveSnapshot LearnerCampaign ConfChangeQuick`),
      ...notApplicable('TestConfChangeV2CheckBeforeCampaign TestRawNodeJointAutoLeave', JOINT),
    ],
  },
  {
    id: 'D4 transfer',
    title: 'etcd, leadership transfer',
    rows: tests(`
      LeaderTransferToUpToDateNode LeaderTransferToUpToDateNodeFromFollower
      LeaderTransferWithCheckQuorum LeaderTransferToSlowFollower LeaderTransferAfterSnapshot
      LeaderTransferToSelf LeaderTransferToNonExistingNode LeaderTransferTimeout
      LeaderTransferIgnoreProposal LeaderTransferReceiveHigherTermVote LeaderTransferRemoveNode
      LeaderTransferDemoteNode LeaderTransferBack LeaderTransferSecondTransferToAnotherNode
      LeaderTransferSecondTransferToSameNode TransferNonMember`),
  },
  {
    id: 'D4 scripts',
    title: 'etcd, interaction scripts',
    rows: [
      row('campaign', '', by('campaign.txt')),
      row('checkquorum', '', by('checkquorum.txt')),
      row('prevote', '', by('prevote.txt')),
      ...named(`
        campaign_learner_must_vote prevote_checkquorum
        confchange_v1_add_single confchange_v1_remove_leader confchange_v1_remove_leader_stepdown
        heartbeat_resp_recovers_from_probing lagging_commit probe_and_replicate replicate_pause
        single_node slow_follower_after_compaction snapshot_succeed_via_app_resp
        snapshot_succeed_via_app_resp_behind async_storage_writes
        async_storage_writes_append_aba_race`),
      ...notApplicable(
        `confchange_v2_add_single_auto confchange_v2_add_single_explicit
        confchange_v2_add_double_auto confchange_v2_add_double_implicit
        confchange_v2_replace_leader confchange_v2_replace_leader_stepdown`,
        JOINT,
      ),
      ...notApplicable('confchange_disable_validation', 'a change is always checked (R2)'),
      ...notApplicable('forget_leader forget_leader_prevote_checkquorum', FORGET),
      ...notApplicable('forget_leader_read_only_lease_based', `${FORGET}; ${LEASE}`),
    ],
  },
]
