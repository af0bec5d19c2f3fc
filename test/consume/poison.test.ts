import { describe, expect, it } from 'vitest';
import { encoder } from '../../src/avro/wireFormat.ts';
import { packetDecoder } from '../../src/consume/kafka/packetDecoder.ts';
import type { Source } from '../../src/consume/source.ts';
import { allFormats } from '../../src/decode/allFormats.ts';
import { definePipeline } from '../../src/definePipeline.ts';
import { backgroundActivity } from '../../src/frame/filters/backgroundActivity.ts';
import { hotPixel } from '../../src/frame/filters/hotPixel.ts';
import { polarity } from '../../src/frame/renderers/polarity.ts';
import { runPipeline } from '../../src/runPipeline.ts';
import { type Sent, someMessages, wires } from '../fuzz/messages.ts';
import { makeRandom } from '../fuzz/mutate.ts';
import { smallPipeline } from '../parts.ts';

/** Messages as a source, and how many of them were acked. */
function sourceOf(
  sent: readonly Sent[],
  wire: (typeof wires)[number],
): Source & { readonly acked: Set<number>; readonly isAligned: () => boolean } {
  const acked = new Set<number>();
  let isAligned = true;
  const read = packetDecoder({ wire, raw: { encoding: 'event_cd', width: 64, height: 48 } });
  return {
    name: 'messages',
    acked,
    isAligned: () => isAligned,
    async *packets() {
      for (const [first, { message }] of sent.entries()) {
        const position = { source: 't', unit: 'offset', partition: 0, first, end: first + 1 } as const;
        const fields = await read(message);
        isAligned &&= fields.fault !== undefined || fields.bytes.length % 16 === 0;
        yield { ...fields, position, ack: () => void acked.add(first) };
      }
    },
  };
}

const caption = encoder('caption', Buffer.alloc(0));
const deadLetter = encoder('dead-letter', Buffer.alloc(0));

describe.each(wires)('a pipeline over damaged messages, %s', (wire) => {
  it('goes on to the end: all are acked, every event is in a record or a dead letter, and both fit their schemas (issue 11)', async () => {
    for (let seed = 0; seed < 40; seed++) {
      const sent = someMessages(wire, makeRandom(seed));
      const source = sourceOf(sent, wire);
      const { options, sink, deadLetters } = smallPipeline([]);
      const filters = seed % 2 === 0 ? [] : [hotPixel({}), backgroundActivity({})];
      const renderer = polarity({ longSide: 64 });
      await runPipeline(
        definePipeline({ ...options, source, formats: allFormats, filters, renderer, quietBelow: 0 }),
        new AbortController().signal,
      );
      expect([seed, source.acked.size]).toEqual([seed, sent.length]);
      for (const record of sink.values) expect(() => caption.encode(record)).not.toThrow();
      for (const letter of deadLetters.values) expect(() => deadLetter.encode(letter)).not.toThrow();
      const codes = new Set(deadLetters.values.map(({ code }) => code));
      expect([seed, [...codes].filter((code) => !['DECODE_MALFORMED', 'EVENTS_LATE'].includes(code))]).toEqual([seed, []]);
      const whole = sent.filter(({ isWhole }) => isWhole).length;
      const events = sink.values.reduce((sum, record) => sum + record.events, 0);
      const late = deadLetters.values.filter(({ code }) => code === 'EVENTS_LATE').length;
      // After a packet that ends within a record the rest of it is looked for in the next one.
      if (filters.length === 0 && source.isAligned()) expect(events + late * 10).toBeGreaterThanOrEqual(whole * 10);
    }
  });
});
