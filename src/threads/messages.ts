/*
  What the main thread and a worker say to each other. Each session of a sensor is a channel:

    open packet* (end | drop)                 main -> worker
    (window* taken | reject)* ended           worker -> main

  Windows stay in the worker. Main decides what becomes of each: draw (answered by drawn or undrawn), ack when its record
  is safe, forget when nobody wants it. Acks make the worker say which packets are done (acked).
  Messages of one turn of the event loop travel together, in order; packets and pictures are transferred.
*/
import type { MessagePort, Worker } from 'node:worker_threads';
import type { Packet } from '../stage/packet.ts';
import { type ErrorCode, PipelineError, codeOf, messageOf } from '../errors.ts';
import type { EventWindow } from '../frame/eventWindow.ts';
import type { Frame } from '../frame/frame.ts';
import type { Reports } from '../stage/report.ts';
import type { Session } from '../stage/session.ts';
import type { Evidence, Stage } from '../stage/reject.ts';

/** A packet without what cannot travel. Packets of a channel are numbered as they are sent. */
export type PacketFacts = Omit<Packet, 'ack' | 'session'> & { readonly number: number };

/** A window without its events. */
export type WindowOutline = Omit<EventWindow, 'ack' | 'slices' | 'history'>;

export type ToWorker =
  | { readonly kind: 'open'; readonly channel: number; readonly after: Session['after']; readonly idleAt: readonly number[] | undefined }
  | { readonly kind: 'packet'; readonly channel: number; readonly packet: PacketFacts }
  /** The dead letter of a packet is safe, or could not be written. */
  | { readonly kind: 'rejected'; readonly channel: number; readonly packet: number; readonly error?: Failure }
  | { readonly kind: 'end' | 'drop'; readonly channel: number }
  | { readonly kind: 'draw' | 'ack' | 'forget'; readonly window: number }
  | { readonly kind: 'flush' | 'close' };

export type FromWorker =
  | { readonly kind: 'ready'; readonly configHash: string }
  | { readonly kind: 'stage'; readonly report: Pick<Reports['stage'], 'stage' | 'sensor' | 'ms'>; readonly error?: Failure }
  | { readonly kind: 'decode'; readonly report: Reports['decode'] }
  | { readonly kind: 'cut'; readonly report: Reports['cut'] }
  /** A packet went all the way through: what was cut of it was said before. */
  | { readonly kind: 'taken'; readonly channel: number }
  | {
      readonly kind: 'reject';
      readonly channel: number;
      readonly packet: number;
      readonly stage: Stage;
      readonly error: Failure;
      readonly evidence: Evidence;
    }
  | { readonly kind: 'window'; readonly channel: number; readonly number: number; readonly window: WindowOutline }
  /** Events of a packet that came too late; answered by ack, as a window is. */
  | {
      readonly kind: 'late';
      readonly channel: number;
      readonly number: number;
      readonly item: Pick<Packet, 'sensor' | 'position'>;
      readonly error: Failure;
      readonly evidence: Evidence;
    }
  | { readonly kind: 'acked'; readonly channel: number; readonly packet: number }
  | { readonly kind: 'ended'; readonly channel: number; readonly error?: Failure }
  | { readonly kind: 'drawn'; readonly window: number; readonly frame: Omit<Frame, 'ack'> }
  | { readonly kind: 'undrawn'; readonly window: number; readonly error: Failure }
  | { readonly kind: 'flushed' };

/** What is said on a channel, and that the worker is gone. */
export type FromChannel =
  | Extract<FromWorker, { readonly channel: number }>
  | { readonly kind: 'broken'; readonly channel: number; readonly error: Error };

/** What a worker is started with. */
export interface WorkerData {
  /** Address of the pipeline module. */
  readonly module: string;
  /** Whether the gate is shut, as the gate itself keeps it. */
  readonly shut: Int32Array;
}

/** An error as it travels. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
}

export const failureOf = (error: unknown): Failure => ({
  code: codeOf(error),
  message: messageOf(error),
  retryable: error instanceof PipelineError && error.retryable,
});

export const errorOf = ({ code, message, retryable }: Failure): PipelineError => new PipelineError(code, message, { retryable });

/** Sends a message; `moved` goes with it and is gone here. */
export type Outbox<Message> = (message: Message, moved?: ArrayBuffer) => void;

/** What is said within one turn of the event loop travels as one. */
export function outbox(port: Pick<MessagePort | Worker, 'postMessage'>): Outbox<ToWorker | FromWorker> {
  let messages: (ToWorker | FromWorker)[] = [];
  let moved: ArrayBuffer[] = [];
  const send = (): void => {
    const [now, buffers] = [messages, moved];
    messages = [];
    moved = [];
    port.postMessage(now, buffers);
  };
  return (message, buffer) => {
    if (messages.length === 0) queueMicrotask(send);
    messages.push(message);
    if (buffer) moved.push(buffer);
  };
}

/** The same bytes in a buffer of their own, which can be moved to another thread: theirs, where it holds nothing else. */
export const movable = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength && !(bytes instanceof Buffer)
    ? (bytes as Uint8Array<ArrayBuffer>)
    : new Uint8Array(bytes);
