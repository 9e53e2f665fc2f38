import { edit, killedBy, type Mutation } from './mutation.ts'

const log = 'common/record-log'
const replay = `${log}/replay.ts`
const recovery = `${log}/recovery.ts`
const crash = 'common/record-log.crash.test.ts'
const damage = 'common/record-log.damage.test.ts'
const durableFile = 'common/durable-file.ts'

/** What is on disk, and what is found there after a crash. */
export const storage: readonly Mutation[] = [
  {
    id: 'S1-fsync-skipped',
    story: 'Batches are acknowledged without being forced: a power cut takes what was promised.',
    rule: 'A batch is acknowledged when one forced write has put it on the disk.',
    edits: [
      edit(
        `${log}/segment.ts`,
        "return await fs.open(path, 'forced');",
        "return await fs.open(path, 'unforced');",
      ),
    ],
    killer: killedBy(
      crash,
      'S1 S3 S4 S10 power cut at every operation',
      /CorruptLog|ERR_ASSERTION/,
    ),
  },
  {
    id: 'S1-file-not-forced',
    story:
      'A file is renamed into place before its bytes are on disk: a power cut leaves it empty.',
    rule: 'Write, fsync, and only then rename.',
    edits: [
      edit(
        durableFile,
        'await fs.sync(fd); } finally { await fs.close(fd); } } /** Forces',
        '} finally { await fs.close(fd); } } /** Forces',
      ),
    ],
    killer: killedBy('common/durable-file.test.ts', 'S10 a power cut at every step'),
  },
  {
    id: 'S10-directory-not-forced',
    story: 'The rename is not forced: after a power cut the old vote is back.',
    rule: 'After a rename the directory is fsynced.',
    edits: [
      edit(
        durableFile,
        'try { await syncDirectory(dirname(path), fs); } catch (error) { // Also',
        'try { } catch (error) { // Also',
      ),
    ],
    killer: killedBy('common/durable-file.test.ts', 'S10 what replaceFile has done'),
  },
  {
    id: 'S2-checksum-not-checked',
    story: 'A record with a flipped bit is read as if it were sound.',
    rule: 'Every batch has a checksum, and one that does not match is never used.',
    edits: [
      edit(
        `${log}/frame.ts`,
        'return crc32c(segment.subarray(start, start + header.length), key.salt) === header.bodyChecksum;',
        'return start > 0;',
      ),
    ],
    killer: killedBy(damage, 'S2 S5 P13 every byte of a crashed log flipped'),
  },
  {
    id: 'S3-torn-tail-refused',
    story: 'A power cut in the middle of a write leaves a log that refuses to open.',
    rule: 'What was cut off while it was written was never acknowledged, and is cut off.',
    edits: [
      edit(
        recovery,
        "if (isZero(bytes, trailerEnd - 1, capacity)) return 'torn'; // 4a if (hasZeroSector(bytes, position, trailerEnd)) return 'torn';",
        '',
      ),
    ],
    killer: killedBy(crash, 'S1 S3 S4 S10 power cut at every operation', /CorruptLog/),
  },
  {
    id: 'S4-torn-tail-left',
    story: 'A torn tail is skipped but not removed: what is written next is cut off with it.',
    rule: 'A torn tail is zeroed, and that is forced, before anything is appended.',
    edits: [edit(replay, 'await writeZeros(fs, fd, { start, end: header.capacity });', '')],
    killer: killedBy(damage, 'S3 S4 crashed log zeroed at every byte', /CorruptLog/),
  },
  {
    id: 'S4-gap-accepted',
    story: 'A log whose middle is missing is read as if it were whole.',
    rule: 'Segments have no gap, and each but the last ends with a seal.',
    edits: [
      edit(replay, "if (ending !== 'sealed' && !(isLast && isEmpty)) {", 'if (false) {'),
      edit(replay, 'if (header.firstSequence !== nextSequence) {', 'if (false) {'),
    ],
    killer: killedBy(damage, 'S4 a segment that is not the last, cut at every byte'),
  },
  {
    id: 'S5-rot-taken-for-torn',
    story: 'A rotten record at the end is cut off like a torn one: acknowledged data is dropped.',
    rule: 'What was written whole and does not match is corruption, and fatal.',
    edits: [
      edit(
        recovery,
        "throw new CorruptLog(file, position, 'the checksum of a completely written batch is wrong');",
        "return 'torn';",
      ),
    ],
    killer: killedBy(damage, 'S2 S5 P13 every byte of a crashed log flipped'),
  },
  {
    id: 'S6-write-after-failed-fsync',
    story: 'After a failed write the log goes on, as if what was before were on disk.',
    rule: 'One failed write ends the log’s life: that call and all later ones fail.',
    edits: [edit('common/record-log.ts', 'if (this.#failure) throw this.#failure;', '')],
    killer: killedBy(crash, 'S6 S7 one EIO while a batch is written is final'),
  },
  {
    id: 'S7-short-write-accepted',
    story: 'The system writes half of a batch, and all of it is acknowledged.',
    rule: 'A short write is a failure.',
    edits: [
      edit(`${log}/forced-writer.ts`, 'if (written !== bytes.byteLength) {', 'if (written < 1) {'),
    ],
    killer: killedBy(crash, 'S6 S7 one short while a batch is written is final'),
  },
  {
    id: 'S16-two-histories',
    story:
      'After a crash between snapshot and log, entries of another history stand behind the snapshot.',
    rule: 'A log that does not agree with the snapshot is dropped at the start.',
    edits: [
      edit(
        'music-raft/raft/state.ts',
        'if (agrees && first !== undefined) {',
        'if (first !== undefined) {',
      ),
      edit('music-raft/raft/state.ts', 'if (!agrees)', 'if (false)'),
    ],
    killer: killedBy(
      'music-raft/raft/test/snapshots.test.ts',
      'S16 killed between snapshot and log',
    ),
  },
  {
    id: 'P12-two-processes-one-disk',
    story: 'Two processes write to the same data directory.',
    rule: 'The directory is locked for as long as the process lives, however it dies.',
    edits: [edit('common/data-directory.ts', 'if (!tryLock(file.fd)) {', 'if (false) {')],
    killer: killedBy('common/data-directory.test.ts', 'the same process cannot open it twice'),
  },
]
