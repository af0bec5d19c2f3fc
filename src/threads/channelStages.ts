import { Subject } from 'rxjs';
import { sensorDecoders } from '../decode/sensorDecoders.ts';
import type { EventBatch } from '../decode/events.ts';
import type { Pipeline } from '../definePipeline.ts';
import type { EventWindow } from '../frame/eventWindow.ts';
import { cut } from '../frame/windowing/cut.ts';
import { sensorSessions } from '../frame/windowing/sensorSessions.ts';
import { attempt } from '../stage/attempt.ts';
import type { Gate } from '../stage/gate.ts';
import { endless } from '../stage/lifetime.ts';
import type { Packet } from '../stage/packet.ts';
import type { Reject } from '../stage/reject.ts';
import type { ResumePoint, Session } from '../stage/session.ts';
import { stateDefaults } from '../stage/stateOptions.ts';
import { errorFactsOf } from './errorFacts.ts';
import type { FromWorker } from './fromWorker.ts';
import type { Outbox } from './outbox.ts';
import type { PacketFacts, ToWorker } from './toWorker.ts';

/** The session of a channel; it goes on in the channel that continues one which rests. */
export interface ChannelSession extends Session {
  /** Known from its first packet on. */
  sensor: string;
  channel: number;
}

/** Where windows stay until the main thread has decided what becomes of them. */
export interface WindowKeeper {
  keep(channel: number, window: EventWindow): void;
  late(channel: () => number): Reject;
  draw(number: number): void;
  ack(number: number): void;
  forget(number: number): void;
}

export interface ChannelOptions {
  readonly gate: Pick<Gate, 'shut'>;
  readonly reject: Reject;
  readonly windows: WindowKeeper;
  readonly say: Outbox<FromWorker>;
}

/** Decodes and cuts the packets of many channels. How many there are is bounded by the main thread, what they hold is bounded here. */
export function channelStages(pipeline: Pipeline, { gate, reject, windows, say }: ChannelOptions) {
  const { formats, filters, window: windowing, renderer, workers, largestSensorPixels } = pipeline;
  const { bytes = stateDefaults.bytes, ...rest } = pipeline.state;
  const state = { ...rest, sensors: Infinity, bytes: bytes / Math.max(1, workers) };
  const channels = new Map<number, ChannelSession>();
  const packets = new Subject<Packet>();

  const fail = (channel: number, error: unknown): void => {
    channels.delete(channel);
    say({ kind: 'ended', channel, error: errorFactsOf(error) });
  };
  const sessions = sensorSessions<EventBatch, ResumePoint | undefined>({
    begin(own, { next }, after = own?.after) {
      const session = own as ChannelSession;
      const options = { filters, horizonUs: renderer.horizonUs ?? 0, gate, reject: windows.late(() => session.channel), state };
      return cut(windowing, options, { after, idleAt: session.idleAt }, { next, fail: (error) => fail(session.channel, error) });
    },
    state,
    next: (window, session) => windows.keep((session as ChannelSession).channel, window),
  });
  const decoders = sensorDecoders({ formats, largestSensorPixels, state }, sessions.push);

  packets
    .pipe(
      attempt('decode', decoders.decode, {
        reject,
        concurrency: Infinity,
        evidence: ({ bytes: payload, encoding }) => ({ payload, payloadType: encoding }),
      }),
    )
    .subscribe({
      next(batch) {
        sessions.push(batch);
        say({ kind: 'taken', channel: (batch.session as ChannelSession).channel });
      },
      error(error) {
        for (const channel of channels.keys()) fail(channel, error);
      },
    });

  /** The session of a channel, which has got what its decoder held back. */
  const lastOf = (channel: number): ChannelSession | undefined => {
    const session = channels.get(channel);
    const heldBack = session && decoders.forget(session.sensor);
    if (heldBack) sessions.push(heldBack);
    return session;
  };

  return {
    open({ channel, after, idleAt, resume }: ToWorker & { kind: 'open' }): void {
      const known = resume === undefined ? undefined : channels.get(resume);
      channels.delete(resume ?? channel);
      const session = known ?? { sensor: '', channel, after, idleAt, lifetime: endless, register: () => true, finish: () => {} };
      session.channel = channel;
      channels.set(channel, session);
    },
    push(channel: number, packet: PacketFacts): void {
      const session = channels.get(channel);
      if (!session) return;
      session.sensor = packet.sensor;
      packets.next({ ...packet, session, ack: () => say({ kind: 'acked', channel, packet: packet.number }) });
    },
    end(channel: number): void {
      const session = lastOf(channel);
      if (!session) return;
      sessions.end(session.sensor, () => {
        channels.delete(channel);
        say({ kind: 'ended', channel });
      });
    },
    rest(channel: number): void {
      const session = lastOf(channel);
      if (!session) return;
      sessions.rest(session.sensor);
      say({ kind: 'rested', channel });
    },
    drop(channel: number): void {
      const session = channels.get(channel);
      channels.delete(channel);
      if (!session) return;
      decoders.forget(session.sensor);
      sessions.drop(session.sensor, session);
    },
    stop: sessions.stop,
  };
}
