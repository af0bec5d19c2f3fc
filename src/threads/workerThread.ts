import { Worker } from 'node:worker_threads';
import { PipelineError, messageOf } from '../errors.ts';
import type { Frame } from '../frame/frame.ts';
import { report } from '../stage/report.ts';
import { errorOf } from './errorFacts.ts';
import type { FromWorker, FromChannel } from './fromWorker.ts';
import type { ToWorker, WorkerData } from './toWorker.ts';
import { type Outbox, outbox } from './outbox.ts';

/** A worker as the main thread sees it. */
export interface WorkerThread {
  readonly say: Outbox<ToWorker>;
  /** Opens a channel and returns its number. `hear` gets every message of the worker on it, until `forget`. */
  open(hear: (message: FromChannel) => void): number;
  forget(channel: number): void;
  /** Channels that are open. */
  readonly channels: number;
  /** The frame of a window that the worker has. Rejects as drawing does, or with `broken`. */
  draw(window: number): Promise<Omit<Frame, 'ack'>>;
  /** Resolves when everything said before has been heard, and what it caused has been said. */
  flush(): Promise<void>;
  /** Why the worker is gone, if it ended by itself. */
  readonly broken: Error | undefined;
  /** Ends the worker when it has done what it is doing. */
  close(): Promise<void>;
}

interface Waiting<Value> {
  readonly resolve: (value: Value) => void;
  readonly fail: (error: Error) => void;
}

/** Starts a worker for the pipeline that a module exports; `configHash` is that of the same pipeline here. */
export function startWorker(data: WorkerData, configHash: string): WorkerThread {
  const file = new URL(`./worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
  const worker = new Worker(file, { workerData: data });
  const say: Outbox<ToWorker> = outbox(worker);
  const channels = new Map<number, (message: FromChannel) => void>();
  const drawing = new Map<number, Waiting<Omit<Frame, 'ack'>>>();
  const flushing: Waiting<void>[] = [];
  let lastChannel = 0;
  let broken: Error | undefined;
  let isClosing = false;

  const fail = (error: Error): void => {
    if (isClosing || broken) return;
    broken = error;
    for (const { fail: notify } of [...drawing.values(), ...flushing]) notify(error);
    for (const [channel, hear] of channels) hear({ kind: 'broken', channel, error });
  };

  const hear = (message: FromWorker): void => {
    if ('channel' in message) return channels.get(message.channel)?.(message);
    switch (message.kind) {
      case 'ready':
        if (message.configHash !== configHash) fail(changedModule(data.module));
        return undefined;
      case 'decode':
        return report('decode', () => message.report);
      case 'cut':
        return report('cut', () => message.report);
      case 'stage':
        return report('stage', () => ({
          ...message.report,
          item: undefined,
          ...(message.error ? { error: errorOf(message.error) } : { out: undefined }),
        }));
      case 'drawn':
        drawing.get(message.window)?.resolve(message.frame);
        return void drawing.delete(message.window);
      case 'undrawn':
        drawing.get(message.window)?.fail(errorOf(message.error));
        return void drawing.delete(message.window);
      case 'flushed':
        return flushing.shift()?.resolve();
    }
  };

  worker.on('message', (messages: readonly FromWorker[]) => {
    for (const message of messages) hear(message);
  });
  worker.on('error', (cause) => fail(new PipelineError('UNEXPECTED', `a worker thread failed: ${messageOf(cause)}`, { cause })));
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', (code) => {
      fail(new PipelineError('UNEXPECTED', `a worker thread ended with code ${code}`));
      resolve();
    });
  });

  const flush = (): Promise<void> =>
    new Promise((resolve, reject) => {
      if (broken) return reject(broken);
      flushing.push({ resolve, fail: reject });
      return say({ kind: 'flush' });
    });

  return {
    say,
    open(hearChannel) {
      const channel = ++lastChannel;
      channels.set(channel, hearChannel);
      // A worker may end while no channel is open, where its end is heard by nothing.
      const error = broken;
      if (error) queueMicrotask(() => hearChannel({ kind: 'broken', channel, error }));
      return channel;
    },
    forget: (channel) => void channels.delete(channel),
    get channels() {
      return channels.size;
    },
    draw: (window) =>
      new Promise((resolve, reject) => {
        if (broken) return reject(broken);
        drawing.set(window, { resolve, fail: reject });
        return say({ kind: 'draw', window });
      }),
    flush,
    get broken() {
      return broken;
    },
    async close() {
      await flush().catch(() => {});
      isClosing = true;
      say({ kind: 'close' });
      await exited;
    },
  };
}

const changedModule = (module: string): PipelineError =>
  new PipelineError(
    'CONFIG_INVALID',
    `${module}: another pipeline comes out of it when a worker imports it; make it the same each time, or set workers to 0`,
  );
