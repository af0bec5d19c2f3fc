import { describe, expect, it } from 'vitest';
import { type FileKind, fileViolation, kinds, messagesViolation } from './files.ts';
import { makeRandom } from './mutate.ts';

/** Fewer where a case writes a database or syncs a file. */
const CASES: Readonly<Record<FileKind, number>> = { mcap: 300, rosbag: 300, packets: 300, rosbag2: 40, archive: 60 };

describe.each(Object.keys(kinds) as FileKind[])('%s', (kind) => {
  it('gives each damaged message as one faulty packet with its bytes, and the messages around it whole (issue 11)', async () => {
    for (let seed = 0; seed < CASES[kind]; seed++)
      expect([seed, await messagesViolation(kind, makeRandom(seed))]).toEqual([seed, undefined]);
  });

  it('gives packets or one clear error where the file is damaged anywhere (issue 11)', async () => {
    for (let seed = 0; seed < CASES[kind]; seed++) expect([seed, await fileViolation(kind, makeRandom(seed))]).toEqual([seed, undefined]);
  });
});
