/** Classes that tell what they do when a story is wanted: their module, and who speaks for them. */
export const narrators: Readonly<Record<string, { readonly name: string; readonly file: string }>> =
  {
    'music-raft/raft/node.ts': { name: 'RaftNode', file: './narrators/raft.js' },
    'music-raft/raft/test/cluster.ts': { name: 'Cluster', file: './narrators/raft-cluster.js' },
  }
