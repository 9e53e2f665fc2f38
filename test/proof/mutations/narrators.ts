/** Classes that tell what they do when a story is wanted: their module, and who speaks for them. */
export const narrators: Readonly<Record<string, { readonly name: string; readonly file: string }>> =
  {
    'music-raft/raft/node.ts': { name: 'RaftNode', file: './narrators/raft.js' },
    'common/record-log/test/memory-disk.ts': {
      name: 'MemoryDisk',
      file: './narrators/memory-disk.js',
    },
    'music-raft/queue/queue.ts': { name: 'QueueMachine', file: './narrators/queue.js' },
    'picture-2pc/protocol/coordinator.ts': {
      name: 'Coordinator',
      file: './narrators/coordinator.js',
    },
    'picture-2pc/protocol/participant.ts': {
      name: 'Participant',
      file: './narrators/participant.js',
    },
    'music-raft/raft/test/cluster.ts': { name: 'Cluster', file: './narrators/raft-cluster.js' },
  }
