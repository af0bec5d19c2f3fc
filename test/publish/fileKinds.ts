import avsc from 'avsc';
import type { CaptionRecord } from '../../src/publish/captionRecord.ts';
import { lineFraming } from '../../src/publish/lineFraming.ts';
import type { RecordFraming } from '../../src/publish/recordFraming.ts';
import { containerFraming } from '../../src/publish/sinks/avroFile.ts';

/** A kind of file of records, with a reader that shares no code with what wrote it. */
export interface FileKind {
  readonly framing: () => RecordFraming<CaptionRecord>;
  readonly read: (file: Buffer) => Promise<{ readonly id: string }[]>;
}

export const fileKinds: Readonly<Record<'avro' | 'jsonl', FileKind>> = {
  avro: { framing: () => containerFraming('caption'), read: readContainer },
  jsonl: { framing: () => lineFraming(), read: readLines },
};

/** An Avro reader that knows nothing of how the file was made. Rejects where the file is not whole. */
export async function readContainer(file: Buffer): Promise<CaptionRecord[]> {
  return new Promise((resolve, reject) => {
    const records: CaptionRecord[] = [];
    const decoder = new avsc.streams.BlockDecoder();
    decoder.on('data', (record: CaptionRecord) => records.push(record));
    decoder.on('end', () => resolve(records)).on('error', reject);
    decoder.end(file);
  });
}

/** Throws where a line is not whole. */
export async function readLines(file: Buffer): Promise<{ id: string }[]> {
  const lines = file.toString().split('\n');
  if (lines.pop() !== '') throw new Error('the last line has no end');
  return lines.map((line) => JSON.parse(line) as { id: string });
}
