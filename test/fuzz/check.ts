import type { Format } from '../../src/decode/decoder.ts';
import type { Events } from '../../src/decode/events.ts';
import { allFormats } from '../../src/decode/allFormats.ts';
import type { Random } from './mutate.ts';

export interface Case {
  readonly format: string;
  readonly width: number;
  readonly height: number;
  readonly timeBaseNs: bigint;
  readonly bytes: Uint8Array;
}

/** Milliseconds after which a decoder hangs. */
const HANG_MS = 2000;
/** More events than any byte can hold: a vector of EVT2.1 has 32 in 8 bytes, and an unpacked frame may hold far more than its bytes. */
const EVENTS_PER_BYTE = 8;
const PACKED = new Set(['aedat4']);

/** What is wrong with how a case is decoded; undefined if it is survived. */
export function violationOf(input: Case, random: Random): string | undefined {
  const format = allFormats.find(({ name }) => name === input.format);
  if (!format) return `no format ${input.format}`;
  const started = performance.now();
  try {
    const wrong = decodeInPieces(format, input, random) ?? detectAll(input.bytes);
    if (wrong !== undefined) return wrong;
  } catch (error) {
    return `throws ${error instanceof Error ? (error.stack ?? '').split('\n').slice(0, 3).join(' ') : String(error)}`;
  }
  const ms = performance.now() - started;
  return ms > HANG_MS ? `takes ${ms.toFixed(0)} ms` : undefined;
}

function decodeInPieces(format: Format, { width, height, timeBaseNs, bytes }: Case, random: Random): string | undefined {
  const decoder = format.start({ width, height });
  const longest = 1 + random(bytes.length + 1);
  let events = 0;
  let wrong: string | undefined;
  const check = (batch: Events): void => {
    events += batch.length;
    wrong ??= impossible(batch, width, height);
  };
  for (let at = 0; at < bytes.length;) {
    if (random(64) === 0) decoder.gap();
    const end = at + 1 + random(longest);
    check(decoder.push(bytes.subarray(at, end), timeBaseNs));
    at = end;
  }
  check(decoder.end());
  if (wrong !== undefined) return wrong;
  if (decoder.counters.events !== events) return `counts ${decoder.counters.events} events of ${events}`;
  if (events > bytes.length * EVENTS_PER_BYTE && !PACKED.has(format.name)) return `makes ${events} events of ${bytes.length} bytes`;
  const uncounted = Object.entries(decoder.counters).find(
    ([name, count]) => !Number.isSafeInteger(count) || (count < 0 && name !== 'wraps'),
  );
  return uncounted ? `counts ${uncounted.join(': ')}` : undefined;
}

function impossible({ length, t, x, y, p }: Events, width: number, height: number): string | undefined {
  for (let i = 0; i < length; i++) {
    const time = t[i] ?? Number.NaN;
    if (!Number.isSafeInteger(time) || time < 0) return `makes an event at the time ${time}`;
    if ((x[i] ?? width) >= width || (y[i] ?? height) >= height) return `makes an event at ${x[i]}, ${y[i]} outside ${width} x ${height}`;
    if ((p[i] ?? 2) > 1) return `makes an event of the polarity ${p[i]}`;
  }
  return undefined;
}

/** Recognising a file by damaged bytes may fail, but not break. */
function detectAll(bytes: Uint8Array): undefined {
  for (const format of allFormats) format.detect?.(bytes.subarray(0, 65_536));
}
