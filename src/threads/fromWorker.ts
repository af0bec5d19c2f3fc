import type { EventWindow } from '../frame/eventWindow.ts';
import type { Frame } from '../frame/frame.ts';
import type { Packet } from '../stage/packet.ts';
import type { Evidence, Stage } from '../stage/reject.ts';
import type { Reports } from '../stage/report.ts';
import type { ErrorFacts } from './errorFacts.ts';

/** A window without its events. */
export type WindowOutline = Omit<EventWindow, 'ack' | 'slices' | 'history'>;

/** The answers to what toWorker.ts has. */
export type FromWorker =
  | { readonly kind: 'ready'; readonly configHash: string }
  | { readonly kind: 'stage'; readonly report: Pick<Reports['stage'], 'stage' | 'sensor' | 'ms'>; readonly error?: ErrorFacts }
  | { readonly kind: 'decode'; readonly report: Reports['decode'] }
  | { readonly kind: 'cut'; readonly report: Reports['cut'] }
  /** A packet went all the way through: what was cut of it was said before. */
  | { readonly kind: 'taken'; readonly channel: number }
  | {
      readonly kind: 'reject';
      readonly channel: number;
      readonly packet: number;
      readonly stage: Stage;
      readonly error: ErrorFacts;
      readonly evidence: Evidence;
    }
  | { readonly kind: 'window'; readonly channel: number; readonly number: number; readonly window: WindowOutline }
  /** Events of a packet that came too late; answered by ack, as a window is. */
  | {
      readonly kind: 'late';
      readonly channel: number;
      readonly number: number;
      readonly item: Pick<Packet, 'sensor' | 'position'>;
      readonly error: ErrorFacts;
      readonly evidence: Evidence;
    }
  | { readonly kind: 'acked'; readonly channel: number; readonly packet: number }
  | { readonly kind: 'rested'; readonly channel: number }
  | { readonly kind: 'ended'; readonly channel: number; readonly error?: ErrorFacts }
  | { readonly kind: 'drawn'; readonly window: number; readonly frame: Omit<Frame, 'ack'> }
  | { readonly kind: 'undrawn'; readonly window: number; readonly error: ErrorFacts }
  | { readonly kind: 'flushed' };

/** What is said on a channel, and that the worker is gone. */
export type FromChannel =
  | Extract<FromWorker, { readonly channel: number }>
  | { readonly kind: 'broken'; readonly channel: number; readonly error: Error };
