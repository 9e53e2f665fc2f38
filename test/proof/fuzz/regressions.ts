/** An input that once broke a target: it must not again. */
export interface Regression {
  readonly target: string
  readonly hex: string
  /** What it did. */
  readonly was: string
}

const snapshotMetadata = (json: string) => Buffer.from(`00000000\n${json}`).toString('hex')
const text = (value: string) => Buffer.from(value).toString('hex')

/** Inputs are forged (see `Target.forge`) before they are run. */
export const regressions: readonly Regression[] = [
  {
    target: 'files/csv',
    hex: '3c22',
    was: 'the error of a quote inside a field is named unlike the others of the CSV library: a crash',
  },
  {
    target: 'raft-disk/snapshot-metadata',
    hex: snapshotMetadata('{"lastIncludedIndex":9,"lastIncludedTerm"    size":24}'),
    was: 'SyntaxError, where null says that the file is damaged',
  },
  {
    target: 'raft-disk/snapshot-metadata',
    hex: snapshotMetadata('null'),
    was: 'TypeError, the same',
  },
  {
    target: 'raft-disk/snapshot-metadata',
    hex: snapshotMetadata(
      '{"lastIncludedIndex":-9,"lastIncludedTerm":1,"size":1,"checksum":1,"configuration":{"voters":[],"learners":[]}}',
    ),
    was: 'an index below 0 was taken',
  },
  {
    target: 'record-log/segment-header',
    hex: '5245434c4f470d0a01000000000800ffc311fc92f08405cd6fbd8b371b997c55010000000000000001000000000000000000000000000000000000008cdfd84e',
    was: '4 GiB were allocated, and written as zeros to the disk, because a header said so',
  },
  {
    target: 'files/load-state',
    hex: text(
      `{"version":1,"file":{"sha256":"${'a'.repeat(64)}"},"load":["11111111-1111-1111-1111-111111111111"],"lanes":1,"answered":[0]}`,
    ),
    was: 'a list that looks like a UUID once it is a text was taken for one',
  },
  {
    target: 'files/load-state',
    hex: text(
      `{"version":1,"file":{"sha256":"${'a'.repeat(64)}"},"load":"11111111-1111-1111-1111-111111111111","lanes":0,"answered":[]}`,
    ),
    was: 'no lanes: every row would have been left out, or crashed',
  },
  {
    target: 'raft-wire/entry',
    hex: '0801201d',
    was: 'an entry without a command was taken, one with an empty command refused',
  },
  {
    target: 'raft-disk/recovery-order',
    hex: text('{"keepIn":"before-recovery-6","old":["identity.json","identity.json"],"new":[]}'),
    was: 'an order that names a file twice was carried out half-way',
  },
  {
    target: 'raft-disk/recovery-order',
    hex: text('{"keepIn":["before-recovery-6"],"old":[],"new":[]}'),
    was: 'TypeError for a list in place of a name',
  },
  { target: 'files/picture-journal', hex: '0178', was: 'SyntaxError for a record, not CorruptLog' },
  {
    target: 'files/picture-journal',
    hex: `00${text('null')}`,
    was: 'TypeError for a checkpoint, not CorruptLog',
  },
]
