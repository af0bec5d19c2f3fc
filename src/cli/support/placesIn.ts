import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import avsc from 'avsc';
import { placeId } from '../../frame/windowing/placeId.ts';
import type { CaptionRecord } from '../../publish/captionRecord.ts';

/**
 * Where the windows of the records in a file were read (placeId). Of a file that is torn or damaged these are the places before
 * that, and of one that is no output of ours none: the sink says so when it opens the file.
 */
export async function placesIn(path: string): Promise<ReadonlySet<string>> {
  const places = new Set<string>();
  try {
    for await (const { sensor, startUs, source } of (await isAvro(path)) ? avroRecords(path) : lineRecords(path))
      places.add(placeId({ sensor, start: startUs, position: { ...source, source: source.name } }));
  } catch {
    // What is read so far is known.
  }
  return places;
}

type Read = AsyncIterable<Pick<CaptionRecord, 'sensor' | 'startUs' | 'source'>>;

async function isAvro(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString('latin1') === 'Obj\x01';
  } finally {
    await file.close();
  }
}

const avroRecords = (path: string): Read => avsc.createFileDecoder(path);

async function* lineRecords(path: string): Read & AsyncGenerator<CaptionRecord> {
  for await (const line of createInterface({ input: createReadStream(path) })) if (line.trim()) yield JSON.parse(line) as CaptionRecord;
}
