import { readFile, writeFile } from 'node:fs/promises';
import avsc from 'avsc';
import type { CaptionRecord } from '../../publish/captionRecord.ts';
import { contactSheet, wrapText } from './contactSheet.ts';

const COLUMNS = 4;
const CELLS = 8;

/** Writes a contact sheet of captions with their frames, spread evenly over the whole run. Writes nothing where there are no captions. */
export async function demoSheet(captions: string, sheet: string): Promise<void> {
  const records = (await readRecords(captions)).filter(({ status, frame }) => status === 'captioned' && frame?.path);
  if (records.length === 0) return;
  const sorted = records.toSorted((a, b) => a.startUs - b.startUs);
  const chosen = Array.from({ length: Math.min(CELLS, sorted.length) }, (_, index) => sorted[Math.floor((index * sorted.length) / CELLS)]!);
  const cells = await Promise.all(
    chosen.map(async ({ frame, startUs, endUs, events, target, caption }) => ({
      picture: await readFile(frame!.path!),
      lines: [
        `${(startUs / 1e6).toFixed(3)} s, ${Math.round((endUs - startUs) / 1000)} ms, ${events} events, ${target}`,
        ...wrapText(caption ?? '', 50, 4),
      ],
    })),
  );
  const rows = Array.from({ length: Math.ceil(cells.length / COLUMNS) }, (_, row) => cells.slice(row * COLUMNS, (row + 1) * COLUMNS));
  await writeFile(sheet, await contactSheet(rows, { cellWidth: 346, cellHeight: 260, lines: 5 }));
}

async function readRecords(file: string): Promise<CaptionRecord[]> {
  const records: CaptionRecord[] = [];
  for await (const record of avsc.createFileDecoder(file)) records.push(record as CaptionRecord);
  return records;
}
