import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { Observable, type OperatorFunction, Subject, type Subscription, map } from 'rxjs';
import { decode } from '../decode/decode.ts';
import type { Pipeline } from '../definePipeline.ts';
import { cut } from '../frame/windowing/cut.ts';
import type { EventWindow } from '../frame/eventWindow.ts';
import { frameOf } from '../frame/rendering/render.ts';
import { listen } from '../stage/report.ts';
import type { Reject } from '../stage/reject.ts';
import type { Session } from '../stage/session.ts';
import { frameOptions } from './onThisThread.ts';
import { errorOf, errorFactsOf } from './errorFacts.ts';
import type { FromWorker } from './fromWorker.ts';
import type { ToWorker, PacketFacts, WorkerData } from './toWorker.ts';
import { type Outbox, outbox } from './outbox.ts';
import { movable } from './movable.ts';
import { endless } from '../stage/lifetime.ts';

type Say = Outbox<FromWorker>;

/** One session of a sensor. */
interface Channel {
  readonly input: Subject<PacketFacts>;
  readonly cutting: Subscription;
  /** A packet that was rejected is safe as a dead letter, or never will be. */
  settle(packet: number, error: Error | undefined): void;
}

/** Serves the channels that the main thread opens, with the parts of the pipeline that `module` exports. */
async function serve(port: MessagePort, { module, shut }: WorkerData): Promise<void> {
  const say: Say = outbox(port);
  // What is said before the module is there waits in the port.
  const { default: pipeline } = (await import(module)) as { default: Pipeline };
  const channels = new Map<number, Channel>();
  const windows = windowKeeper(pipeline, say);
  const gate = {
    get shut() {
      return Atomics.load(shut, 0) === 1;
    },
  };

  const open = ({ channel: id, after, idleAt }: ToWorker & { kind: 'open' }): void => {
    const input = new Subject<PacketFacts>();
    const session: Session = { after, idleAt, lifetime: endless, register: () => true, finish: () => {} };
    const { reject, settle } = rejections(id, say);
    const { formats, largestSensorPixels, filters, window: windowing, renderer } = pipeline;
    const cutOptions = { filters, horizonUs: renderer.horizonUs ?? 0, gate, reject: windows.late(id) };
    const end = (error?: unknown): void => {
      channels.delete(id);
      say({ kind: 'ended', channel: id, ...(error === undefined ? {} : { error: errorFactsOf(error) }) });
    };
    const cutting = new Observable<EventWindow>((subscriber) =>
      input
        .pipe(
          map((packet) => ({ ...packet, session, ack: () => say({ kind: 'acked', channel: id, packet: packet.number }) })),
          decode({ formats, largestSensorPixels, reject }),
          afterEach(() => say({ kind: 'taken', channel: id })),
          cut(windowing, cutOptions, session),
        )
        .subscribe(subscriber),
    ).subscribe({ next: (window) => windows.keep(id, window), error: end, complete: end });
    channels.set(id, { input, cutting, settle });
  };

  const hear = (message: ToWorker): void => {
    switch (message.kind) {
      case 'open':
        return open(message);
      case 'packet':
        return channels.get(message.channel)?.input.next(message.packet);
      case 'rejected':
        return channels.get(message.channel)?.settle(message.packet, message.error && errorOf(message.error));
      case 'end':
        return channels.get(message.channel)?.input.complete();
      case 'drop':
        channels.get(message.channel)?.cutting.unsubscribe();
        return void channels.delete(message.channel);
      case 'draw':
        return windows.draw(message.window);
      case 'ack':
        return windows.ack(message.window);
      case 'forget':
        return windows.forget(message.window);
      case 'flush':
        return say({ kind: 'flushed' });
      case 'close':
        for (const { cutting } of channels.values()) cutting.unsubscribe();
        return port.close();
    }
  };

  forwardReports(say);
  say({ kind: 'ready', configHash: pipeline.configHash });
  port.on('message', (messages: readonly ToWorker[]) => {
    for (const message of messages) hear(message);
  });
}

/** Calls `then` for each value after all operators behind this one have seen it. */
const afterEach =
  <In>(then: () => void): OperatorFunction<In, In> =>
  (values) =>
    new Observable((subscriber) =>
      values.subscribe({
        next: (value) => {
          subscriber.next(value);
          then();
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      }),
    );

/** Dead letters are written by the main thread; packets behind one that is rejected do not wait for it, and may be rejected too. */
function rejections(channel: number, say: Say): { reject: Reject; settle: Channel['settle'] } {
  const waiting = new Map<number, (error: Error | undefined) => void>();
  return {
    reject: (stage, item, cause, evidence) =>
      new Promise((resolve, fail) => {
        const { number } = item as unknown as PacketFacts;
        waiting.set(number, (error) => (error ? fail(error) : resolve()));
        say({ kind: 'reject', channel, packet: number, stage, error: errorFactsOf(cause), evidence });
      }),
    settle(packet, error) {
      waiting.get(packet)?.(error);
      waiting.delete(packet);
    },
  };
}

/** Keeps the events of windows until they are drawn, and their acks until their records are safe. */
function windowKeeper(pipeline: Pipeline, say: Say) {
  const drawFrame = frameOf(pipeline.renderer, frameOptions(pipeline));
  const undrawn = new Map<number, EventWindow>();
  const acks = new Map<number, () => void>();
  let last = 0;

  const drawn = async (number: number, window: EventWindow): Promise<void> => {
    try {
      const { ack: _, image, ...frame } = await drawFrame(window);
      if (!image) return say({ kind: 'drawn', window: number, frame });
      const bytes = movable(image.bytes);
      return say({ kind: 'drawn', window: number, frame: { ...frame, image: { ...image, bytes } } }, bytes.buffer);
    } catch (error) {
      return say({ kind: 'undrawn', window: number, error: errorFactsOf(error) });
    }
  };
  const forget = (number: number): void => {
    undrawn.delete(number);
    acks.delete(number);
  };
  return {
    forget,
    keep(channel: number, window: EventWindow): void {
      const { ack, slices: _slices, history: _history, ...outline } = window;
      undrawn.set(++last, window);
      acks.set(last, ack);
      say({ kind: 'window', channel, number: last, window: outline });
    },
    late:
      (channel: number): Reject =>
      async (_stage, { sensor, position, ack }, cause, evidence) => {
        acks.set(++last, ack);
        say({ kind: 'late', channel, number: last, item: { sensor, position }, error: errorFactsOf(cause), evidence });
      },
    draw(number: number): void {
      const window = undrawn.get(number);
      undrawn.delete(number);
      if (window) void drawn(number, window);
    },
    ack(number: number): void {
      acks.get(number)?.();
      forget(number);
    },
  };
}

/** Reports are heard in the thread that listens: what a decoder has to say is sent there, without packet and events. */
function forwardReports(say: Say): void {
  listen('decode', (report) => say({ kind: 'decode', report }));
  listen('cut', (report) => say({ kind: 'cut', report }));
  listen('stage', ({ stage, sensor, ms, error }) => {
    if (stage !== 'decode') return;
    say({ kind: 'stage', report: { stage, sensor, ms }, ...(error === undefined ? {} : { error: errorFactsOf(error) }) });
  });
}

if (parentPort) await serve(parentPort, workerData as WorkerData);
