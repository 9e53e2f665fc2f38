import { edit, killedBy, type Mutation, seenBy } from './mutation.ts'

const election = 'music-raft/raft/election.ts'
const receive = 'music-raft/raft/receive.ts'
const role = 'music-raft/raft/role.ts'
const tests = 'music-raft/raft/test'
const paper = `${tests}/paper.test.ts`
const stories = `${tests}/stories.test.ts`

/** Terms, votes, and who may lead. */
export const raftElections: readonly Mutation[] = [
  {
    id: 'O3-lower-term-kept',
    story: 'A follower takes entries from a leader of a later term without taking up the term.',
    rule: 'Whoever sees a higher term takes it up before anything else (§3.3).',
    edits: [
      edit(
        receive,
        'if (message.term <= state.currentTerm) return false;',
        "if (message.term <= state.currentTerm || message.type === 'AppendEntries') return false;",
      ),
    ],
    killer: killedBy(paper, 'TestFollowerUpdateTermFromMessage'),
  },
  {
    id: 'O4-late-votes-count',
    story: 'A candidate counts votes that answer an earlier round, of an earlier term.',
    rule: 'A vote counts in the round and the term it answers, and nowhere else.',
    edits: [
      edit(
        receive,
        'RequestVoteResponse: tooLate,',
        'RequestVoteResponse: handleRequestVoteResponse,',
      ),
      edit(
        election,
        'if (message.sequence <= role.sinceSequence || message.sequence > state.sequence) return;',
        '',
      ),
      edit(election, 'if (term !== asked) return;', ''),
    ],
    killer: killedBy(stories, 'O4 votes that answer an election gone by', /two leaders/),
  },
  {
    id: 'O4-minority-elects',
    story: 'One vote less than a majority makes a leader: a term has two.',
    rule: 'A leader has the votes of a majority of the voters.',
    edits: [
      edit(
        'music-raft/raft/quorum.ts',
        'given >= quorum(voters.length)',
        'given >= quorum(voters.length) - 1',
      ),
    ],
    killer: killedBy(paper, 'TestLeaderElectionInOneRoundRPC'),
    also: seenBy(/Election Safety/),
  },
  {
    id: 'O6-candidate-stays',
    story: 'A candidate goes on although the leader of its own term has spoken.',
    rule: 'A candidate that hears the leader of its term follows it (§3.4).',
    edits: [
      edit(
        receive,
        "becomeFollower(state, state.currentTerm, message.from, 'leaderFound');",
        "if (role.kind === 'follower') becomeFollower(state, state.currentTerm, message.from, 'leaderFound');",
      ),
    ],
    killer: killedBy(paper, 'TestCandidateFallback'),
  },
  {
    id: 'O9-vote-sent-before-save',
    story: 'A vote is told to the candidate while it is still on its way to the disk.',
    rule: 'Term and vote are on disk before anybody hears of them (§3.8).',
    edits: [
      edit(
        election,
        'if (preVote) sendNow(state, response); else sendAfterSave(state, response);',
        'sendNow(state, response);',
      ),
    ],
    killer: killedBy(
      `${tests}/async-storage.test.ts`,
      'O9 RequestVote and a granted vote leave only after',
    ),
  },
  {
    id: 'O9-vote-not-persisted',
    story: 'A vote given in a term that is on disk already is not written: a restart votes again.',
    rule: 'The hard state is written whenever term or vote differ from what the disk has.',
    edits: [
      edit(
        'music-raft/raft/save-ledger.ts',
        'a.currentTerm === b.currentTerm && a.votedFor === b.votedFor &&',
        'a.currentTerm === b.currentTerm &&',
      ),
    ],
    killer: killedBy(stories, 'O9 R24 a vote given in a term', /two leaders/),
  },
  {
    id: 'R6-vote-seen-is-vote-given',
    story: 'A server that refuses a candidate records its vote for it all the same.',
    rule: 'votedFor is set by granting a vote and by nothing else.',
    edits: [edit(election, 'if (voteGranted && !message.preVote)', 'if (!message.preVote)')],
    killer: killedBy(`${tests}/regressions.test.ts`, 'R6 seeing a higher vote grants none'),
  },
  {
    id: 'R6-log-not-compared',
    story: 'A candidate gets votes from servers whose log is ahead of its own.',
    rule: 'No vote for a log behind one’s own (§3.6.1).',
    edits: [
      edit(
        election,
        "return isUpToDate({ term, index }, state.log.last) ? 'granted' : 'logBehind';",
        "return 'granted';",
      ),
    ],
    killer: killedBy(paper, 'TestVoter: no vote for a log behind its own'),
    also: seenBy(/Leader Completeness/),
  },
  {
    id: 'R24-wiped-disk-votes',
    story:
      'A server that lost its disk votes under its old id and elects a leader without the data.',
    rule: 'A server that lost its disk does not vote before it has caught up.',
    edits: [edit(election, "if (state.recovering !== 0) return 'recovering';", '')],
    killer: killedBy(`${tests}/recovery.test.ts`, 'R24 the openraft FAQ schedule'),
  },
  {
    id: 'R18-only-members-vote',
    story:
      'A server that does not know yet that it is a voter refuses its vote: no leader for ever.',
    rule: 'Who is asked votes, whatever its own view of the members: it may be a voter by now.',
    edits: [
      edit(
        election,
        "if (state.recovering !== 0) return 'recovering';",
        "if (state.recovering !== 0 || !isVoter(state.configurations.current, state.id)) return 'recovering';",
      ),
    ],
    killer: killedBy(`${tests}/membership.test.ts`, 'campaign_learner_must_vote: the promotion'),
  },
  {
    id: 'R21-refusal-without-term',
    story: 'A pre-candidate that is behind is refused in its own words, and never learns the term.',
    rule: 'A refusal carries the term of who refuses.',
    edits: [
      edit(
        election,
        'term: granted && preVote ? term : reply.term,',
        'term: preVote ? term : reply.term,',
      ),
    ],
    killer: killedBy(stories, 'R21 the one with the longest log'),
  },
  {
    id: 'L9-campaigns-while-stopping',
    story:
      'A server that is about to stop wins an election and leaves the cluster without a leader.',
    rule: 'A server that stops begins no election and gives up its own.',
    edits: [
      edit(
        election,
        'if (state.recovering !== 0 || state.retired) return false;',
        'if (state.recovering !== 0) return false;',
      ),
    ],
    killer: killedBy(`${tests}/transfer.test.ts`, 'L9 a server about to stop begins no election'),
  },
  {
    id: 'R20-transfer-needs-pre-vote',
    story: 'The successor that was told to take over asks for pre-votes, and is refused by all.',
    rule: 'TimeoutNow begins an election at once: no pre-vote, and no leader’s life protects it.',
    edits: [
      edit(
        election,
        'if (!ours || !isVoter(state.configurations.current, state.id) || !isPromotable(state)) return; campaign(state, true);',
        'if (!ours || !isVoter(state.configurations.current, state.id) || !isPromotable(state)) return; campaignPreVote(state);',
      ),
    ],
    killer: killedBy(`${tests}/transfer.test.ts`, 'TestLeaderTransferWithCheckQuorum'),
  },
  {
    id: 'L3-heartbeat-does-not-reset-timer',
    story: 'The election timer fires although the leader has been heard in time.',
    rule: 'Every message of the leader starts the election timer anew.',
    edits: [
      edit(
        role,
        'state.leaderHeard = state.tick; resetElectionTimer(state);',
        'state.leaderHeard = state.tick;',
      ),
    ],
    killer: killedBy(stories, 'L3 a leader that is heard in time'),
  },
  {
    id: 'L4-vote-while-leader-lives',
    story: 'A server cut off from the leader alone deposes it again and again.',
    rule: 'While a leader is heard, nobody takes up the term of who asks for votes (§4.2.3).',
    edits: [
      edit(
        role,
        'if (!state.options.checkQuorum) return false;',
        'if (state.id > 0) return false;',
      ),
    ],
    killer: killedBy(`${tests}/check-quorum.test.ts`, 'L4 a partial partition'),
  },
  {
    id: 'L6-votes-asked-one-by-one',
    story: 'A candidate asks one server and waits: one that is dead stops every election.',
    rule: 'All voters are asked at once.',
    edits: [
      edit(
        election,
        'else sendAfterSave(state, message); // the term and the vote for itself first (O9)',
        'else sendAfterSave(state, message); break;',
      ),
    ],
    killer: killedBy(`${tests}/elections.test.ts`, 'TestLeaderElection'),
  },
]
