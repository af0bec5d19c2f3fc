import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Sink, avroFile, definePipeline, jsonl, memory, motion, polarity, runPipeline, synthetic, tumbling } from '../../src/index.ts';
import type { DeadLetter } from '../../src/stage/reject.ts';
import { deadLettersInFile } from '../../src/cli/support/deadLettersInFile.ts';

const never = new AbortController().signal;

/** A camera of which two packets are damage, and one that is the same for longer. */
const run = async (deadLetters: Sink<DeadLetter>, seconds = 0.1): Promise<void> =>
  runPipeline(
    definePipeline({
      name: 'once',
      source: synthetic({ width: 32, height: 32, seconds, packetMs: 5, corruptEvery: 8 }),
      window: tumbling({ everyMs: 10 }),
      renderer: polarity({ longSide: 32 }),
      captioner: motion(),
      sink: memory(),
      deadLetters,
    }),
    never,
  );

describe.each([
  ['avro', (path: string): Sink<DeadLetter> => avroFile({ path, schema: 'dead-letter' })],
  ['jsonl', (path: string): Sink<DeadLetter> => jsonl({ path })],
] as const)('dead letters in a file of %s', (kind, fileAt) => {
  it('are there once, also where the run is started again from the beginning, with and without the index (issue 11)', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'saccade-letters-')), `letters.${kind}`);
    await run(fileAt(path));
    const first = await readFile(path);
    await run(fileAt(path));
    expect(await readFile(path)).toEqual(first);
    await rm(`${path}.index`);
    await run(fileAt(path));
    expect(await readFile(path)).toEqual(first);

    await run(fileAt(path), 0.2);
    const positions = (await deadLettersInFile(path)).map(({ position }) => position.first);
    expect(positions).toEqual([7, 15, 23, 31, 39]);
  });
});
