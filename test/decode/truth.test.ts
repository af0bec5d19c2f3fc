import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inspect } from '../../src/cli/commands/inspect.ts';
import { decodeSensor } from '../../src/decode/decodeSensor.ts';
import { type DecodeCounters, noCounts } from '../../src/decode/decoder.ts';
import { allFormats } from '../../src/decode/allFormats.ts';
import { listen } from '../../src/stage/report.ts';
import { packetsOf } from './packets.ts';
import { type Row, digestsOf, hasRecordings, recordings, rowsOf } from './support.ts';

interface Truth {
  readonly file: string;
  readonly format: string;
  readonly triggers: number;
  readonly otherWords?: number;
}

const truths = hasRecordings ? (JSON.parse(readFileSync(`${recordings}truth.json`, 'utf8')) as readonly Truth[]) : [];
const knows = ({ format }: Truth): boolean => allFormats.some(({ name }) => name === format.replace('packets:', ''));
const facts = [
  'format',
  'width',
  'height',
  'events',
  'on',
  'off',
  'firstT',
  'lastT',
  'triggers',
  'digests',
  'backwardSteps',
  'xMax',
  'yMax',
];
const pick = (from: object): object => Object.fromEntries(Object.entries(from).filter(([key]) => facts.includes(key)));

describe('recordings with known contents', () => {
  it.skipIf(hasRecordings)('are not here: ../shared/data/recordings is absent, nothing was compared', () => {});

  for (const truth of truths.filter(({ format }) => !format.startsWith('packets:'))) {
    it.skipIf(!knows(truth))(`${truth.file}: inspect tells what the independent decoders tell`, async () => {
      expect(pick(await inspect(`${recordings}${truth.file}`, { packetBytes: 10_007 }))).toEqual(pick(truth));
    });
  }

  for (const truth of truths.filter(({ format }) => format.startsWith('packets:'))) {
    it.skipIf(!hasRecordings)(`${truth.file}: inspect reads the set from its index`, async () => {
      const { format: _format, ...found } = pick(await inspect(`${recordings}${truth.file}.jsonl`, { packetBytes: 65_536 })) as {
        format: string;
      };
      expect(pick(truth)).toMatchObject(found);
    });

    it.skipIf(!knows(truth))(`${truth.file}: the decode stage makes the same of its packets`, () => {
      const { rows, counters } = decodePackets(truth.file);
      const [first, last] = [rows[0]?.[0], rows.at(-1)?.[0]];
      const on = rows.filter(([, , , p]) => p === 1).length;
      const found = { events: rows.length, on, off: rows.length - on, firstT: first, lastT: last, digests: digestsOf(rows) };
      expect(truth).toMatchObject(found);
      expect(counters.triggers).toBe(truth.triggers);
      expect(counters.otherWords).toBe(truth.otherWords ?? 0);
    });
  }
});

function decodePackets(name: string): { rows: Row[]; counters: DecodeCounters } {
  const decode = decodeSensor(allFormats);
  let counters = noCounts();
  const unlisten = listen('decode', (report) => {
    counters = report.counters as DecodeCounters;
  });
  const rows = packetsOf(name).flatMap((packet) => rowsOf(decode(packet).events));
  unlisten();
  return { rows, counters };
}
