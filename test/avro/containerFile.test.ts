import { PassThrough } from 'node:stream';
import avsc from 'avsc';
import { describe, expect, it } from 'vitest';
import { containerFile } from '../../src/avro/containerFile.ts';

const SCHEMA = JSON.stringify({ type: 'record', name: 'Point', fields: [{ name: 'x', type: 'int' }] });
const points = containerFile<{ x: number }>(SCHEMA, 1);
const records = (...xs: number[]): Buffer[] => xs.map((x) => points.type.toBuffer({ x }));
const file = Buffer.concat([points.header, points.block(records(1, 2)), points.block(records(3))]);

/** What a reader finds that knows nothing of how the file was made. */
async function readByAvsc(bytes: Buffer): Promise<object[]> {
  const found: object[] = [];
  const input = new PassThrough();
  input.end(bytes);
  for await (const value of input.pipe(new avsc.streams.BlockDecoder())) found.push({ ...value });
  return found;
}

describe('a container file', () => {
  it('is read by any Avro reader', async () => {
    expect(await readByAvsc(file)).toEqual([{ x: 1 }, { x: 2 }, { x: 3 }]);
  });

  it('gives its blocks back one after the other', () => {
    const first = points.blockAt(file, points.header.length);
    if (typeof first === 'string') throw new Error(first);
    expect(first.values.map(({ x }) => x)).toEqual([1, 2]);
    expect(points.blockAt(file, first.end)).toMatchObject({ values: [{ x: 3 }], end: file.length });
    expect(points.blockAt(file, file.length)).toBe('incomplete');
  });

  it('tells a torn end from damage', () => {
    const start = points.header.length;
    for (let end = start; end < start + points.block(records(1, 2)).length; end++)
      expect(points.blockAt(file.subarray(0, end), start)).toBe('incomplete');
    const damaged = Buffer.from(file);
    damaged[start + points.block(records(1, 2)).length - 1]! ^= 1;
    expect(points.blockAt(damaged, start)).toBe('damaged');
  });

  it('is the same for the same records', () => {
    expect(points.block(records(1, 2))).toEqual(containerFile(SCHEMA, 1).block(records(1, 2)));
  });
});
