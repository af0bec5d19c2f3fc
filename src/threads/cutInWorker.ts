import type { EventWindow } from '../frame/eventWindow.ts';
import type { Cutter, CutterOutput } from '../frame/windowing/sensorSessions.ts';
import type { Ack } from '../stage/item.ts';
import type { Packet } from '../stage/packet.ts';
import type { Reject } from '../stage/reject.ts';
import { report } from '../stage/report.ts';
import type { Session } from '../stage/session.ts';
import type { PacketsInTransit } from './packetsInTransit.ts';
import type { WorkerThread } from './workerThread.ts';
import { errorOf, errorFactsOf } from './errorFacts.ts';
import type { FromChannel } from './fromWorker.ts';
import { movable } from './movable.ts';
import type { PacketFacts } from './toWorker.ts';

/** A window whose events are in a worker. */
export interface RemoteWindow extends EventWindow {
  readonly remote: { readonly worker: WorkerThread; readonly number: number };
}

interface Shared {
  readonly worker: WorkerThread;
  readonly reject: Reject;
  readonly transit: PacketsInTransit;
}

/** A channel that rests: where its sensor goes on is in the worker. */
export interface RestingChannel {
  readonly worker: WorkerThread;
  readonly channel: number;
}

/**
 * Has the packets of one session cut by a worker.
 *
 * @param resume the channel of the worker in which the session rests
 */
export const cutInWorker = (
  session: Session | undefined,
  shared: Shared,
  output: CutterOutput,
  resume: number | undefined,
): Cutter<Packet, RestingChannel> => new RemoteSession(session, shared, output, resume);

/** One session of a sensor on this side of its channel to a worker; see toWorker.ts and fromWorker.ts for what the two sides say. */
class RemoteSession implements Cutter<Packet, RestingChannel> {
  readonly #worker: WorkerThread;
  readonly #reject: Reject;
  readonly #transit: PacketsInTransit;
  readonly #output: CutterOutput;
  readonly #channel: number;
  /** What was sent and is not acked yet. */
  readonly #sent = new Map<number, Pick<Packet, 'sensor' | 'position' | 'ack'>>();
  #lastSent = 0;
  #taken = 0;
  #openWindows = 0;
  #isOver = false;
  /** Called when the worker has said all. */
  #ended: () => void = () => {};
  /** Packets and windows are in the worker. */
  readonly heldBytes = 0;

  constructor(session: Session | undefined, { worker, reject, transit }: Shared, output: CutterOutput, resume: number | undefined) {
    this.#worker = worker;
    this.#reject = reject;
    this.#transit = transit;
    this.#output = output;
    this.#channel = worker.open((message) => this.#hear(message));
    worker.say({ kind: 'open', channel: this.#channel, after: session?.after, idleAt: session?.idleAt, resume });
  }

  push(packet: Packet): void {
    const { sensor, position, ack } = packet;
    const number = ++this.#lastSent;
    this.#sent.set(number, { sensor, position, ack });
    this.#transit.add();
    const facts = factsOf(packet, number);
    this.#worker.say({ kind: 'packet', channel: this.#channel, packet: facts }, facts.bytes.buffer);
  }

  /** There are no more packets: what is open is closed as it is. */
  end(ended: () => void): void {
    this.#ended = ended;
    this.#worker.say({ kind: 'end', channel: this.#channel });
  }

  rest(rested: () => void): RestingChannel {
    this.#ended = rested;
    this.#worker.say({ kind: 'rest', channel: this.#channel });
    return { worker: this.#worker, channel: this.#channel };
  }

  drop(): void {
    if (!this.#isOver) this.#worker.say({ kind: 'drop', channel: this.#channel });
    this.#finish();
  }

  #finish(): void {
    this.#isOver = true;
    this.#transit.remove(this.#lastSent - this.#taken);
    this.#taken = this.#lastSent;
    this.#forgetWhenDone();
  }

  #hear(message: FromChannel): void {
    if (message.kind === 'acked') return this.#ackPacket(message.packet);
    if (this.#isOver) return this.#hearAfterEnd(message);
    switch (message.kind) {
      case 'window':
        return this.#emit(message);
      case 'late':
        return this.#rejectLate(message);
      case 'taken':
        return this.#take();
      case 'reject':
        return void this.#rejectPacket(message);
      case 'ended':
      case 'rested':
        this.#finish();
        return 'error' in message && message.error ? this.#output.fail(errorOf(message.error)) : this.#ended();
      case 'broken':
        return this.#output.fail(message.error);
    }
  }

  #hearAfterEnd(message: FromChannel): void {
    if (message.kind === 'window' || message.kind === 'late') this.#worker.say({ kind: 'forget', window: message.number });
  }

  #emit({ number, window: outline }: FromChannel & { kind: 'window' }): void {
    const remote = { worker: this.#worker, number };
    const window: RemoteWindow = { ...outline, slices: [], history: [], ack: this.#ackOf(number), remote };
    report('stage', () => ({ stage: 'cut', sensor: window.sensor, ms: 0, item: window, out: window }));
    this.#output.next(window);
  }

  #rejectLate({ number, item, error, evidence }: FromChannel & { kind: 'late' }): void {
    const late = { ...item, ack: this.#ackOf(number) };
    this.#reject('cut', late, errorOf(error), evidence).catch((cause: unknown) => this.#output.fail(cause));
  }

  async #rejectPacket({ packet, stage, error, evidence }: FromChannel & { kind: 'reject' }): Promise<void> {
    const { sensor, position } = this.#sent.get(packet)!;
    try {
      await this.#reject(stage, { sensor, position, ack: () => this.#ackPacket(packet) }, errorOf(error), evidence);
      this.#worker.say({ kind: 'rejected', channel: this.#channel, packet });
      if (!this.#isOver) this.#take();
    } catch (cause) {
      this.#worker.say({ kind: 'rejected', channel: this.#channel, packet, error: errorFactsOf(cause) });
      this.#output.fail(cause);
    }
  }

  #take(): void {
    this.#taken++;
    this.#transit.remove(1);
  }

  #ackPacket(number: number): void {
    this.#sent.get(number)?.ack();
    this.#sent.delete(number);
  }

  #ackOf(number: number): Ack {
    this.#openWindows++;
    let isAcked = false;
    return () => {
      if (isAcked) return;
      isAcked = true;
      this.#openWindows--;
      this.#worker.say({ kind: 'ack', window: number });
      this.#forgetWhenDone();
    };
  }

  /** When no window of the channel is on its way any more, neither are its acks. */
  #forgetWhenDone(): void {
    if (!this.#isOver || this.#openWindows > 0) return;
    void this.#worker.flush().then(
      () => this.#worker.forget(this.#channel),
      () => {},
    );
  }
}

/** Named one by one: what else a source gave its packets may be something that cannot travel, such as a function. */
function factsOf(
  { sensor, position, seq, encoding, width, height, timeBaseNs, capturedAtUs, bytes, fault, isWarmUp = false }: Packet,
  number: number,
): PacketFacts & { readonly bytes: Uint8Array<ArrayBuffer> } {
  const facts = { sensor, position, seq, encoding, width, height, timeBaseNs, capturedAtUs, bytes: movable(bytes), isWarmUp, number };
  return fault === undefined ? facts : { ...facts, fault };
}
