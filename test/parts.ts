import { type Observable, defer, from, map, of } from 'rxjs';
import type { Packet } from '../src/stage/packet.ts';
import type { Source } from '../src/consume/source.ts';
import { type Decoder, type Format, noCounts } from '../src/decode/decoder.ts';
import { makeEvents } from '../src/decode/events.ts';
import { tumbling } from '../src/frame/windows/tumbling.ts';
import type { Renderer } from '../src/frame/renderer.ts';
import type { Answer } from '../src/interpret/caption.ts';
import type { Captioner } from '../src/interpret/captioner.ts';
import type { CaptionRequest } from '../src/interpret/captionRequest.ts';
import { makeCaptioner } from '../src/interpret/makeCaptioner.ts';
import type { PipelineOptions } from '../src/definePipeline.ts';
import { requestHash } from '../src/interpret/requestHash.ts';
import type { CaptionRecord } from '../src/publish/captionRecord.ts';
import { memory } from '../src/publish/sinks/memory.ts';
import type { DeadLetter } from '../src/stage/reject.ts';

/** Every byte is an event at pixel (byte % 8, 0), one each millisecond; 0xff is a word that cannot be. */
export const bytesFormat: Format = {
  name: 'bytes',
  start() {
    const counters = noCounts();
    let t = 0;
    const decoder: Decoder = {
      counters,
      width: 8,
      height: 1,
      get clockUs() {
        return t;
      },
      push(bytes) {
        const out = makeEvents(bytes.length);
        for (const byte of bytes) {
          t += 1000;
          if (byte === 0xff) counters.unknownWords++;
          else {
            out.t[out.length] = t;
            out.x[out.length++] = byte % 8;
          }
        }
        counters.events += out.length;
        return out;
      },
      gap: () => void counters.gaps++,
      end: () => makeEvents(0),
    };
    return decoder;
  },
};

/** Packets of ten events each; what the source was told is kept. */
export function packetsOf(
  payloads: readonly (readonly number[])[],
  sensors = 1,
): Source & { readonly acked: Set<number>; readonly pulled: () => number } {
  const acked = new Set<number>();
  let pulled = 0;
  return {
    name: 'packetsOf',
    acked,
    pulled: () => pulled,
    async *packets(signal) {
      for (const [index, payload] of payloads.entries()) {
        if (signal.aborted) return;
        pulled++;
        const seq = Math.floor(index / sensors);
        const packet: Packet = {
          sensor: `cam${index % sensors}`,
          position: { source: 'packetsOf', unit: 'packet', partition: 0, first: index, end: index + 1 },
          ack: () => void acked.add(index),
          seq,
          encoding: 'bytes',
          width: 8,
          height: 1,
          timeBaseNs: 0n,
          capturedAtUs: 0,
          bytes: Uint8Array.from(payload),
        };
        yield packet;
      }
    },
  };
}

export const tenEvents = (seed: number): number[] => Array.from({ length: 10 }, (_, index) => (seed * 7 + index * 3) % 200);

const dots: Renderer = {
  name: 'dots',
  params: {},
  legend: 'A dot is an event.',
  draw({ width, height, slices, start }) {
    const data = new Uint8Array(width * height);
    data[0] = (start / 10_000) % 251;
    for (const { events, from: first, to } of slices) for (let i = first; i < to; i++) data[events.x[i]!]! += 20;
    return { width, height, channels: 1, data };
  },
};

/** A captioner that answers by a function, and counts how often it was asked. */
export function scripted(
  answer: (request: CaptionRequest) => string | Promise<string> | Observable<string>,
): Captioner & { readonly calls: () => number } {
  let calls = 0;
  const plan = {
    targets: [
      { target: 'scripted', provider: 'test', model: 'test-1', params: {}, limits: [], worstCostUsd: () => 0, missingKeys: () => [] },
    ],
    paths: [{ share: 1, order: ['scripted'] }],
    notes: [],
  };
  const ask = (request: CaptionRequest): Observable<Answer> =>
    defer(() => {
      calls++;
      const said = answer(request);
      return (typeof said === 'string' ? of(said) : from(said)).pipe(map((text) => answerOf(text, requestHash(request, plan.targets[0]!))));
    });
  return Object.assign(makeCaptioner(ask, plan), { calls: () => calls });
}

const answerOf = (text: string, hash: string): Answer => ({
  text,
  target: 'scripted',
  provider: 'test',
  model: 'test-1',
  inputTokens: 1,
  outputTokens: 1,
  costUsd: 0,
  priceDate: '',
  flags: [],
  cache: 'none',
  requestHash: hash,
});

/** A whole pipeline of small parts: windows of 10 ms, one packet each. */
export function smallPipeline(payloads: readonly (readonly number[])[], answer: Parameters<typeof scripted>[0] = () => 'A dot moves.') {
  const source = packetsOf(payloads);
  const sink = memory<CaptionRecord>();
  const deadLetters = memory<DeadLetter>();
  const asked = scripted(answer);
  const options: PipelineOptions = {
    source,
    formats: [bytesFormat],
    window: tumbling({ everyMs: 10 }),
    renderer: dots,
    quietBelow: 0.5,
    captioner: asked,
    sink,
    deadLetters,
  };
  return { source, sink, deadLetters, captioner: asked, options };
}
