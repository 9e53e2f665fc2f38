/**
 * What tells what it does when a story is wanted: a class or function, by the module it is of, and the
 * file that speaks for it.
 */
export const narrators: Readonly<Record<string, { readonly name: string; readonly file: string }>> =
  {
    'common/data-directory.ts': { name: 'openDataDirectory', file: 'data-directory' },
    'common/record-log/test/memory-disk.ts': { name: 'MemoryDisk', file: 'memory-disk' },
    'music-raft/queue/queue.ts': { name: 'QueueMachine', file: 'queue' },
    'music-raft/raft/node.ts': { name: 'RaftNode', file: 'raft' },
    'music-raft/server/config.ts': { name: 'readRaftConfig', file: 'call' },
    'music-raft/server/storage/raft-storage.ts': { name: 'RaftStorage', file: 'raft-storage' },
    'music-raft/server/transport/membership-guard.ts': { name: 'checkMembership', file: 'call' },
    'picture-2pc/shell/picture-name.ts': { name: 'pictureName', file: 'call' },
    'music-raft/raft/test/cluster.ts': { name: 'Cluster', file: 'raft-cluster' },
    'music-raft/server/requests.ts': { name: 'Requests', file: 'requests' },
    'picture-2pc/protocol/coordinator.ts': { name: 'Coordinator', file: 'coordinator' },
    'picture-2pc/protocol/participant.ts': { name: 'Participant', file: 'participant' },
    'picture-2pc/shell/duty-loop.ts': { name: 'DutyLoop', file: 'duty-loop' },
  }
