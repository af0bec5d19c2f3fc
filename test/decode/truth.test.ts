import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inspect } from '../../src/cli/commands/inspect.ts';
import { decodeSensor } from '../../src/decode/decode.ts';
import { type DecodeCounters, noCounts } from '../../src/decode/decoder.ts';
import { everyFormat } from '../../src/everyFormat.ts';
import { listen } from '../../src/stage/channels.ts';
import { type Row, digestsOf, hasRecordings, recordings, rowsOf } from './support.ts';

interface Truth {
  readonly file: string;
  readonly format: string;
  readonly triggers: number;
  readonly otherWords?: number;
}

const truths = hasRecordings ? (JSON.parse(readFileSync(`${recordings}truth.json`, 'utf8')) as readonly Truth[]) : [];
const knows = ({ format }: Truth): boolean => everyFormat.some(({ name }) => name === format.replace('packets:', ''));
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
  const bytes = readFileSync(`${recordings}${name}.bin`);
  const lines = readFileSync(`${recordings}${name}.jsonl`, 'utf8').trim().split('\n');
  const decode = decodeSensor(everyFormat);
  let counters = noCounts();
  const unlisten = listen('decode', (report) => {
    counters = report.counters as DecodeCounters;
  });
  const rows = lines.flatMap((line) => {
    const { offset, length, seq, encoding, width, height } = JSON.parse(line) as Record<string, number> & { encoding: string };
    // Beyond 2^53: not to be had from JSON.parse.
    const timeBaseNs = BigInt(/"time_base": (\d+)/.exec(line)?.[1] ?? 0);
    const position = { source: name, unit: 'packet', partition: 0, first: seq ?? 0, end: (seq ?? 0) + 1 } as const;
    const batch = decode({
      sensor: 'camera',
      position,
      ack: () => {},
      seq: seq ?? 0,
      encoding,
      width: width ?? 0,
      height: height ?? 0,
      timeBaseNs,
      capturedAtUs: 0,
      bytes: bytes.subarray(offset, (offset ?? 0) + (length ?? 0)),
    });
    return rowsOf(batch.events);
  });
  unlisten();
  return { rows, counters };
}
