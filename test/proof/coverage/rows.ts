import type { Group } from './row.ts'
import { BUGS } from './rows-bugs.ts'
import { ETCD } from './rows-etcd.ts'
import { FAULTS } from './rows-faults.ts'
import { LABS } from './rows-labs.ts'
import { ORIGINALS } from './rows-originals.ts'
import { OTHERS } from './rows-others.ts'

/** Everything that a reader may want to see tested, in the order of the page. */
export const groups: readonly Group[] = [
  ...ORIGINALS,
  ...BUGS,
  ...LABS,
  ...ETCD,
  ...FAULTS,
  ...OTHERS,
]
