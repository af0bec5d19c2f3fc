import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replayPipeline } from '../../../src/cli/support/replayPipeline.ts';
import { readCaptions } from '../../../src/cli/support/readCaptions.ts';
import { recording } from '../../../src/consume/sources/recording.ts';
import type { Format } from '../../../src/decode/decoder.ts';
import { encodeEvt3 } from '../../../src/decode/encoders/encodeEvt3.ts';
import { evt3 } from '../../../src/decode/formats/evt3.ts';
import { type Pipeline, definePipeline } from '../../../src/definePipeline.ts';
import { tumbling } from '../../../src/frame/windows/tumbling.ts';
import { polarity } from '../../../src/frame/renderers/polarity.ts';
import type { CaptionRecord } from '../../../src/publish/captionRecord.ts';
import { avroFile } from '../../../src/publish/sinks/avroFile.ts';
import { jsonl } from '../../../src/publish/sinks/jsonl.ts';
import { runPipeline } from '../../../src/runPipeline.ts';
import type { DeadLetter } from '../../../src/stage/reject.ts';
import { type Row, eventsOf } from '../../decode/support.ts';
import { scripted } from '../../parts.ts';

const rows = Array.from({ length: 4000 }, (_, i): Row => [5_000_000 + i * 100, i % 64, (i * 7) % 48, i & 1]);

/** EVT3 by a decoder that fails at these packets. */
const failingAt = (...packets: number[]): Format => ({
  ...evt3,
  start(stream) {
    const decoder = evt3.start(stream);
    let next = 0;
    return Object.create(decoder, {
      push: {
        value(bytes: Uint8Array, timeBaseNs?: bigint) {
          if (packets.includes(next++)) throw new Error('a fault that the next version mends');
          return decoder.push(bytes, timeBaseNs);
        },
      },
    }) as typeof decoder;
  },
});

const never = new AbortController().signal;

async function replayOf(letters: string, pipeline: Pipeline): Promise<void> {
  const { pipeline: replay, check } = await replayPipeline(pipeline, letters, { brokers: 'none:1', speed: Infinity });
  await runPipeline(replay, never);
  check();
}

describe('a replay of the dead letters of packets in a recording', () => {
  it.each(['avro', 'jsonl'])('captions no window again that was captioned without them: %s (issue 11)', async (kind) => {
    const folder = await mkdtemp(join(tmpdir(), 'letters-'));
    const file = join(folder, 'dot.raw');
    await writeFile(file, Buffer.concat([Buffer.from('% evt 3.0\n% geometry 64x48\n% end\n'), encodeEvt3(eventsOf(rows))]));
    const captions = join(folder, `captions.${kind}`);
    const pipeline = (...formats: Format[]): Pipeline =>
      definePipeline({
        source: recording({ file, sensor: 'front', packetBytes: 1024 }),
        formats,
        window: tumbling({ everyMs: 20 }),
        renderer: polarity(),
        quietBelow: 0,
        captioner: scripted(() => 'A dot moves.'),
        sink: kind === 'avro' ? avroFile<CaptionRecord>({ path: captions }) : jsonl<CaptionRecord>({ path: captions }),
        deadLetters: avroFile<DeadLetter>({ path: join(folder, 'dead.avro'), schema: 'dead-letter' }),
        workers: 0,
      });
    const written = async (): Promise<string[]> => (await readCaptions(captions)).rows.map(({ startUs }) => String(startUs));
    // Packets are half a window long: one that begins a window, and four in a row, with which whole windows are gone.
    await runPipeline(pipeline(failingAt(4, 9, 10, 11, 12, 13)), never);
    const before = await written();
    await replayOf(join(folder, 'dead.avro'), pipeline(evt3));
    const after = await written();
    expect(before.length).toBeLessThan(20);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.map(Number).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => 5_000_000 + i * 20_000));
  });
});
