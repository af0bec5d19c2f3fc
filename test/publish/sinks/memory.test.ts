import { expect, it } from 'vitest';
import type { CaptionRecord } from '../../../src/publish/captionRecord.ts';
import { memory } from '../../../src/publish/sinks/memory.ts';
import { position } from '../../stage/items.ts';
import { captionRecords } from '../records.ts';
import { sinkContract } from '../sink.contract.ts';

sinkContract('memory', async () => {
  const sink = memory<CaptionRecord>();
  return { make: () => sink, ids: async () => sink.values.map(({ id }) => id) };
});

it('keeps the values themselves', async () => {
  const sink = memory<CaptionRecord>();
  const [record] = captionRecords(1);
  await sink.write(record!, position());
  expect(sink.values[0]).toBe(record);
});
