import avsc from 'avsc';
import { placeId } from '../../frame/windowing/placeId.ts';
import { isContainer, jsonLines } from './jsonLines.ts';
import type { CaptionRecord } from '../../publish/captionRecord.ts';

/**
 * Where the windows of the records in a file were read (placeId). Of a file that is torn or damaged these are the places before
 * that, and of one that is no output of ours none: the sink says so when it opens the file.
 */
export async function placesIn(path: string): Promise<ReadonlySet<string>> {
  const places = new Set<string>();
  try {
    for await (const { sensor, startUs, source } of (await isContainer(path)) ? avroRecords(path) : lineRecords(path))
      places.add(placeId({ sensor, start: startUs, position: { ...source, source: source.name } }));
  } catch {
    // What is read so far is known.
  }
  return places;
}

type Read = AsyncIterable<Pick<CaptionRecord, 'sensor' | 'startUs' | 'source'>>;

const avroRecords = (path: string): Read => avsc.createFileDecoder(path);

async function* lineRecords(path: string): Read & AsyncGenerator<CaptionRecord> {
  for await (const { row } of jsonLines(path)) yield row as unknown as CaptionRecord;
}
