import { by, type Group, row } from './row.ts'

/** What the two original systems did right, and what they did wrong. */
export const ORIGINALS: readonly Group[] = [
  {
    id: 'D0',
    title: 'What the original systems were shown to do',
    rows: [
      row(
        'report case 1',
        'heartbeats reach every follower; without them one times out',
        by('report case 1', 'TestLeaderBcastBeat', 'TestFollowerStartElection'),
      ),
      row(
        'report case 2',
        'election timeout and split vote: in the end one leader',
        by('report case 2', 'A split vote'),
      ),
      row('report case 3', 'a follower forwards a request to the leader', by('report case 3')),
      row('report case 4', 'the leader is stopped, the others go on', by('report case 4')),
      row('report case 5', 'a node is added and gets the whole log', by('report case 5')),
      row('test_add_remove', 'through the gateway', by('original test 1')),
      row('test_vote', 'up is 1, down again is 0', by('original test 2')),
      row('test_sync', 'every node shows the same queue', by('original test 3')),
      row('test_metadata', 'a duration comes back as it was given', by('original test 4')),
      row('test_history', 'what was played is in the history', by('original test 5')),
      row(
        '2PC delete, all',
        'all have the picture: three votes, three acks, COMMITTED',
        by('D0 quick start', 'D0 2PC delete, all'),
      ),
      row(
        '2PC delete, one lacks it',
        'one no: aborted, nothing is deleted anywhere',
        by('D0 one node alone', 'D0 2PC delete, one lacks it'),
      ),
      row(
        'log lines',
        'the wording that people watch',
        by('in the words of the original', 'and the lines tell', 'logged in order'),
      ),
    ],
  },
  {
    id: 'O',
    title: 'Defects of the original systems',
    rows: [
      row('O1', 'commits after one acknowledgement'),
      row('O2', 'AppendEntries replaces the log without looking at it'),
      row('O3', 'a follower never takes up a higher term'),
      row('O4', 'a vote counts in whatever term it comes'),
      row('O5', 'answers a write before it is committed'),
      row('O6', 'a candidate does not follow the leader of its own term'),
      row('O7', 'commits a tail that nobody verified'),
      row('O8', 'a late answer moves the match index back'),
      row('O9', 'term, vote and log are not on disk'),
      row('O10', 'no entry at the start of a term'),
      row('O11', 'reads what this node happens to have'),
      row(
        'O12',
        'holds everything while a forwarded request is under way',
        by('O12', 'a leader that is stopped is replaced', 'a request repeated on another node'),
      ),
      row(
        'O13',
        'vote, play, metadata and history are not there',
        by('original test 2', 'original test 4', 'original test 5'),
      ),
      row('O14', 'an abort frees whoever holds the lock'),
      row('O15', 'acknowledges a transaction that it does not know'),
      row('O16', 'vote and lock are not on disk'),
      row('O17', 'a decision that does not arrive is not told again'),
      row('O18', 'a participant that voted yes waits for ever'),
      row('O19', 'votes asked for one after the other, a channel for each'),
      row('O20', 'the gateway needs every node at its start, and keeps old addresses'),
      row('O21', 'a repeated VoteRequest finds its own lock'),
    ],
  },
]
