import type { OperatorFunction } from 'rxjs';
import type { EventWindow } from '../frame/eventWindow.ts';
import type { Frame } from '../frame/frame.ts';
import type { Gate } from '../stage/gate.ts';
import type { Packet } from '../stage/packet.ts';
import type { Reject } from '../stage/reject.ts';

/**
 * The stages that compute: packets to events, events to windows, windows to frames. They are the same three words
 * whether they run on this thread (`onThisThread`) or in workers (`inWorkers`), and every byte of a frame is the same.
 *
 * @typeParam Decoded what passes from `decode` to `windows`: batches of events, or, for workers, packets that are decoded there
 */
export interface EventStages<Decoded> {
  readonly decode: OperatorFunction<Packet, Decoded>;
  readonly windows: OperatorFunction<Decoded, EventWindow>;
  readonly render: OperatorFunction<EventWindow, Frame>;
  /** Resolves when the next packet may be pulled: the gate is open, and the packets before have been taken. */
  readonly ready: () => Promise<void>;
  /** Resolves when every ack has reached its packet. No stage may be used afterwards. */
  readonly close: () => Promise<void>;
}

/** What the stages of one run share. */
export interface StageContext {
  readonly gate: Gate;
  readonly reject: Reject;
}
