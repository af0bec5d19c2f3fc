import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { Pipeline } from '../definePipeline.ts';
import type { EventWindow } from '../frame/eventWindow.ts';
import { frameOf } from '../frame/rendering/render.ts';
import { listen } from '../stage/report.ts';
import type { Reject } from '../stage/reject.ts';
import { type ChannelSession, type WindowKeeper, channelStages } from './channelStages.ts';
import { frameOptions } from './onThisThread.ts';
import { errorOf, errorFactsOf } from './errorFacts.ts';
import type { FromWorker } from './fromWorker.ts';
import type { ToWorker, PacketFacts, WorkerData } from './toWorker.ts';
import { type Outbox, outbox } from './outbox.ts';
import { movable } from './movable.ts';

type Say = Outbox<FromWorker>;

/** Serves the channels that the main thread opens, with the parts of the pipeline that `module` exports. */
async function serve(port: MessagePort, { module, shut }: WorkerData): Promise<void> {
  const say: Say = outbox(port);
  // What is said before the module is there waits in the port.
  const { default: pipeline } = (await import(module)) as { default: Pipeline };
  const windows = windowKeeper(pipeline, say);
  const { reject, settle } = rejections(say);
  const gate = {
    get shut() {
      return Atomics.load(shut, 0) === 1;
    },
  };
  const channels = channelStages(pipeline, { gate, reject, windows, say });

  const hear = (message: ToWorker): void => {
    switch (message.kind) {
      case 'open':
        return channels.open(message);
      case 'packet':
        return channels.push(message.channel, message.packet);
      case 'rejected':
        return settle(message.channel, message.packet, message.error && errorOf(message.error));
      case 'end':
      case 'rest':
      case 'drop':
        return channels[message.kind](message.channel);
      case 'draw':
        return windows.draw(message.window);
      case 'ack':
        return windows.ack(message.window);
      case 'forget':
        return windows.forget(message.window);
      case 'flush':
        return say({ kind: 'flushed' });
      case 'close':
        channels.stop();
        return port.close();
    }
  };

  forwardReports(say);
  say({ kind: 'ready', configHash: pipeline.configHash });
  port.on('message', (messages: readonly ToWorker[]) => {
    for (const message of messages) hear(message);
  });
}

/** Dead letters are written by the main thread; packets behind one that is rejected do not wait for it, and may be rejected too. */
function rejections(say: Say): { reject: Reject; settle: (channel: number, packet: number, error: Error | undefined) => void } {
  const waiting = new Map<string, (error: Error | undefined) => void>();
  return {
    reject: (stage, item, cause, evidence) =>
      new Promise((resolve, fail) => {
        const { number, session } = item as unknown as PacketFacts & { readonly session: ChannelSession };
        const { channel } = session;
        waiting.set(`${channel} ${number}`, (error) => (error ? fail(error) : resolve()));
        say({ kind: 'reject', channel, packet: number, stage, error: errorFactsOf(cause), evidence });
      }),
    settle(channel, packet, error) {
      const key = `${channel} ${packet}`;
      waiting.get(key)?.(error);
      waiting.delete(key);
    },
  };
}

/** Keeps the events of windows until they are drawn, and their acks until their records are safe. */
function windowKeeper(pipeline: Pipeline, say: Say): WindowKeeper {
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
      (channel): Reject =>
      async (_stage, { sensor, position, ack }, cause, evidence) => {
        acks.set(++last, ack);
        say({ kind: 'late', channel: channel(), number: last, item: { sensor, position }, error: errorFactsOf(cause), evidence });
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
