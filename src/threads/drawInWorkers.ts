import { Observable } from 'rxjs';
import type { Packet } from '../stage/packet.ts';
import type { EventWindow } from '../frame/eventWindow.ts';
import { render } from '../frame/rendering/render.ts';
import type { AssignerOptions } from '../frame/windowing/windowAssigner.ts';
import { report } from '../stage/report.ts';
import type { Ack } from '../stage/item.ts';
import type { Drawing, DrawingOptions } from './drawing.ts';
import { type FromChannel, errorOf, failureOf, movable } from './messages.ts';
import { type WorkerThread, startWorker } from './workerThread.ts';

/** Packets on their way to each worker: enough that it need not wait for the next one. */
const AHEAD = 4;

/** A window whose events are in a worker. */
interface RemoteWindow extends EventWindow {
  readonly remote: { readonly worker: WorkerThread; readonly number: number };
}

/**
 * Draws off this thread, in up to `workers` threads that import `module` for the parts of the pipeline. Each stretch of
 * a sensor's packets goes to the worker that has the fewest. Order, acks, dead letters and reports are those of
 * `drawHere`, and so is every byte of a frame.
 */
export function drawInWorkers(module: string, workers: number, { pipeline, gate, reject, stop }: DrawingOptions): Drawing {
  const { renderer, quietBelow, encoders, configHash } = pipeline;
  const all: WorkerThread[] = [];
  const transit = transitOf(() => AHEAD * Math.max(1, all.length));

  const idlest = (): WorkerThread => {
    const found = all.toSorted((a, b) => a.channels - b.channels)[0];
    if (found && (found.channels === 0 || all.length >= workers)) return found;
    const fresh = startWorker({ module, shut: gate.flag }, configHash);
    all.push(fresh);
    return fresh;
  };

  return {
    cut: (packets, after, idleAt) => cutBy(idlest(), { packets, after, idleAt, reject, stop, transit }),
    render: render(
      { renderer, quietBelow, concurrency: encoders, fatal: (cause) => all.some(({ broken }) => broken === cause) },
      reject,
      async (window) => {
        const { worker, number } = (window as RemoteWindow).remote;
        return { ...(await worker.draw(number)), ack: window.ack };
      },
    ),
    async opened() {
      do {
        await gate.opened();
        await transit.hasRoom();
      } while (gate.shut);
    },
    close: async () => void (await Promise.all(all.map((worker) => worker.close()))),
  };
}

/** Counts the packets that no worker has taken yet: what waits in a message queue is beyond the gate's sight. */
function transitOf(room: () => number): { leave: () => void; arrive: (packets: number) => void; hasRoom: () => Promise<void> } {
  let packets = 0;
  let waiting: (() => void)[] = [];
  return {
    leave: () => void packets++,
    arrive(count) {
      packets -= count;
      if (packets >= room()) return;
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
    async hasRoom() {
      while (packets >= room()) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}

interface Cutting extends Pick<DrawingOptions, 'reject' | 'stop'> {
  readonly packets: Observable<Packet>;
  readonly after: AssignerOptions['after'];
  readonly idleAt: readonly number[] | undefined;
  readonly transit: ReturnType<typeof transitOf>;
}

/** The windows that a worker cuts from one stretch of packets. Unsubscribing leaves those that are open alone, as in `cut`. */
const cutBy = (worker: WorkerThread, { packets, after, idleAt, reject, stop, transit }: Cutting): Observable<EventWindow> =>
  new Observable((subscriber) => {
    /** What was sent and not acked yet. */
    const sent = new Map<number, Pick<Packet, 'sensor' | 'position' | 'ack'>>();
    let lastSent = 0;
    let taken = 0;
    let windows = 0;
    let isOver = false;

    const take = (): void => {
      taken++;
      transit.arrive(1);
    };
    const ack = (number: number): void => {
      sent.get(number)?.ack();
      sent.delete(number);
    };
    /** When nothing of the channel is on its way any more, the last acks are. */
    const forgetWhenDone = (): void => {
      if (isOver && windows === 0)
        void worker.flush().then(
          () => worker.forget(channel),
          () => {},
        );
    };
    const ackOf = (number: number): Ack => {
      windows++;
      let isAcked = false;
      return () => {
        if (isAcked) return;
        isAcked = true;
        windows--;
        worker.say({ kind: 'ack', window: number });
        forgetWhenDone();
      };
    };
    const remoteOf = ({ number, window }: FromChannel & { kind: 'window' }): RemoteWindow => ({
      ...window,
      slices: [],
      history: [],
      ack: ackOf(number),
      remote: { worker, number },
    });
    const rejectedLate = ({ number, item, error, evidence }: FromChannel & { kind: 'late' }): void =>
      void reject('cut', { ...item, ack: ackOf(number) }, errorOf(error), evidence).catch((cause: unknown) => subscriber.error(cause));
    const rejected = async ({ packet, stage, error, evidence }: FromChannel & { kind: 'reject' }): Promise<void> => {
      const { sensor, position } = sent.get(packet)!;
      try {
        await reject(stage, { sensor, position, ack: () => ack(packet) }, errorOf(error), evidence);
        worker.say({ kind: 'rejected', channel, packet });
        if (!isOver) take();
      } catch (cause) {
        worker.say({ kind: 'rejected', channel, packet, error: failureOf(cause) });
        subscriber.error(cause);
      }
    };

    const hear = (message: FromChannel): void => {
      if (message.kind === 'acked') return ack(message.packet);
      if ((message.kind === 'window' || message.kind === 'late') && isOver) return worker.say({ kind: 'forget', window: message.number });
      if (isOver) return undefined;
      switch (message.kind) {
        case 'window': {
          const window = remoteOf(message);
          report('stage', () => ({ stage: 'cut', sensor: window.sensor, ms: 0, item: window, out: window }));
          return subscriber.next(window);
        }
        case 'late':
          return rejectedLate(message);
        case 'taken':
          return take();
        case 'reject':
          return void rejected(message);
        case 'ended':
          isOver = true;
          return message.error ? subscriber.error(errorOf(message.error)) : subscriber.complete();
        case 'broken':
          return subscriber.error(message.error);
      }
    };

    const channel = worker.open(hear);
    worker.say({ kind: 'open', channel, after, idleAt });
    subscriber.add(
      packets.subscribe({
        next: ({ ack: ackPacket, session: _life, ...packet }) => {
          const bytes = movable(packet.bytes);
          sent.set(++lastSent, { sensor: packet.sensor, position: packet.position, ack: ackPacket });
          transit.leave();
          worker.say({ kind: 'packet', channel, packet: { ...packet, bytes, number: lastSent } }, bytes.buffer);
        },
        error: (error) => subscriber.error(error),
        complete: () => worker.say({ kind: 'end', channel, stopped: stop.aborted }),
      }),
    );
    subscriber.add(() => {
      if (!isOver) worker.say({ kind: 'drop', channel });
      isOver = true;
      transit.arrive(lastSent - taken);
      forgetWhenDone();
    });
  });
