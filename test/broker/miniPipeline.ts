import { setTimeout as sleep } from 'node:timers/promises';
import { filter, from, lastValueFrom, mergeMap, takeUntil } from 'rxjs';
import { consume } from '../../src/consume/consume.ts';
import type { Source } from '../../src/consume/source.ts';
import { decode } from '../../src/decode/decode.ts';
import { eventCd } from '../../src/decode/formats/eventCd.ts';
import { evt3 } from '../../src/decode/formats/evt3.ts';
import { windows } from '../../src/frame/windowing/windows.ts';
import type { EventWindow } from '../../src/frame/eventWindow.ts';
import { windowId } from '../../src/frame/windowing/windowId.ts';
import { tumbling } from '../../src/frame/windows/tumbling.ts';
import type { CaptionRecord } from '../../src/publish/captionRecord.ts';
import type { Sink } from '../../src/publish/sink.ts';
import { aborted } from '../../src/stage/aborted.ts';
import { makeGate } from '../../src/stage/makeGate.ts';
import { rejectTo } from '../../src/stage/rejectTo.ts';
import type { DeadLetter } from '../../src/stage/reject.ts';
import { WINDOW_MS } from '../rig/sensorPackets.ts';

export interface MiniOptions {
  source: Source;
  sink: Sink<CaptionRecord>;
  deadLetters: Sink<DeadLetter>;
  /** Longest time that an answer takes, in milliseconds; they come out of order. */
  answerMs?: number;
  windows?: number;
  stop: AbortSignal;
  onAsk?: (id: string, digest: string) => void;
}

/** The stages of the real flow but for the frame and the model: what is asked takes a while, and answers overtake each other. */
export async function miniPipeline({
  source,
  sink,
  deadLetters,
  answerMs = 5,
  windows: mostWindows = 64,
  stop,
  onAsk,
}: MiniOptions): Promise<void> {
  const gate = makeGate({ windows: mostWindows });
  const reject = rejectTo(deadLetters, gate);
  await sink.open?.();
  await deadLetters.open?.();
  const records = consume(source, { ready: () => gate.opened() }).pipe(
    decode({ formats: [evt3, eventCd], reject }),
    windows(tumbling({ everyMs: WINDOW_MS }), { gate, reject }),
    takeUntil(aborted(stop)),
    filter((window) => {
      const isDone = sink.has?.(windowId(window)) ?? false;
      if (isDone) window.ack();
      return !isDone;
    }),
    gate.enter(() => 1),
    mergeMap((window) => from(answer(window))),
  );
  async function answer(window: EventWindow): Promise<void> {
    const digest = digestOf(window);
    onAsk?.(windowId(window), digest);
    await sleep(Math.random() * answerMs);
    await sink.write(recordOf(window, digest), window.position);
    window.ack();
  }
  try {
    await lastValueFrom(records, { defaultValue: undefined });
  } finally {
    await sink.close?.();
    await deadLetters.close?.();
    await source.close?.();
  }
}

/** Stands for the frame: differs as soon as one event does. */
function digestOf({ slices }: EventWindow): string {
  let hash = 0;
  for (const { events, from: first, to } of slices) {
    for (let i = first; i < to; i++) hash = (Math.imul(hash, 31) + events.t[i]! + 7 * events.x[i]! + 13 * events.y[i]! + events.p[i]!) | 0;
  }
  return `${hash}`;
}

const recordOf = (window: EventWindow, digest: string): CaptionRecord => ({
  id: windowId(window),
  status: 'captioned',
  sensor: window.sensor,
  startUs: window.start,
  endUs: window.end,
  capturedAtUs: null,
  publishedAtUs: 0,
  closedBy: window.closedBy,
  sensorWidth: window.width,
  sensorHeight: window.height,
  events: window.count,
  onEvents: window.on,
  offEvents: window.count - window.on,
  renderer: 'none',
  rendererParams: '{}',
  frame: null,
  caption: `what was seen ${digest}`,
  rawCaption: null,
  confidence: null,
  flags: [],
  target: null,
  provider: null,
  model: null,
  requestHash: digest,
  promptHash: null,
  cache: 'none',
  duplicateOf: null,
  route: [],
  inputTokens: 0,
  outputTokens: 0,
  costUsd: null,
  priceDate: null,
  normaliser: 'none',
  source: {
    name: window.position.source,
    unit: window.position.unit,
    partition: window.position.partition,
    first: window.position.first,
    end: window.position.end,
  },
  pipeline: 'test',
  configHash: '',
});
