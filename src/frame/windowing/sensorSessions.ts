import type { Subscription } from 'rxjs';
import { endless } from '../../stage/lifetime.ts';
import { recentMap } from '../../stage/recentMap.ts';
import { report } from '../../stage/report.ts';
import type { Session } from '../../stage/session.ts';
import { shortKey } from '../../stage/shortKey.ts';
import { MOST_RESUME_POINTS, type StateOptions, stateDefaults } from '../../stage/stateOptions.ts';
import type { EventWindow } from '../eventWindow.ts';

/** Packets, or batches of events: what belongs to a session of a sensor. */
export interface InSession {
  readonly sensor: string;
  readonly session?: Session | undefined;
}

/** Cuts the input of one session of one sensor into windows. */
export interface Cutter<In, Resume> {
  push(item: In): void;
  /** Closes what is open as an idle timeout does, and gives up everything. Calls `rested` after the last window. Returns where it goes on. */
  rest(rested: () => void): Resume;
  /** There is no more input: what is open is closed as it is. Calls `ended` after the last window. */
  end(ended: () => void): void;
  /** What is open is left alone, unacked: it belongs to another run. */
  drop(): void;
  /** Bytes that it holds on this thread. */
  readonly heldBytes: number;
}

export interface CutterOutput {
  readonly next: (window: EventWindow) => void;
  readonly fail: (error: unknown) => void;
}

export interface SensorSessionsOptions<In, Resume> {
  /** Takes the windows that its session did not finish before. */
  readonly next: (window: EventWindow, session: Session | undefined) => void;
  /** @param resume what `rest` returned, where the session went on before */
  readonly begin: (session: Session | undefined, output: CutterOutput, resume: Resume | undefined) => Cutter<In, Resume>;
  /** Nobody will come back to this. */
  readonly forget?: (resume: Resume) => void;
  readonly state?: StateOptions | undefined;
  /** Takes what cutters fail with, where `begin` gives them no other way. */
  readonly fail?: (error: unknown) => void;
}

interface Kept<In, Resume> {
  readonly session: Session | undefined;
  readonly cutter: Cutter<In, Resume>;
  listening: Subscription | undefined;
  bytes: number;
  /** Characters of the sensor's name, which its windows hold. */
  readonly nameLength: number;
}

export interface SensorSessions<In> {
  readonly push: (item: In) => void;
  /** Closes what is open of a sensor as an idle timeout does, and keeps only where it goes on. */
  readonly rest: (sensor: string) => void;
  /** What is open of a session is left alone, and nobody will come back to it. */
  readonly drop: (sensor: string, session: Session) => void;
  /** There is no more input of a sensor, or of any. Calls `ended` after the last window. */
  readonly end: (sensor: string, ended: () => void) => void;
  readonly endAll: (ended: () => void) => void;
  /** What is open of all sensors is left alone. */
  readonly stop: () => void;
}

/**
 * The sessions of many sensors. Where a source goes back, the state of the sensor is dropped together with its open windows. Where there
 * is too much state, the sensor that was silent for the most packets rests: by packets and not by the clock, so that nobody is
 * forgotten because nothing could be read.
 */
export function sensorSessions<In extends InSession, Resume>({
  begin,
  forget = () => {},
  state: { sensors = stateDefaults.sensors, bytes = stateDefaults.bytes } = {},
  next,
  fail = () => {},
}: SensorSessionsOptions<In, Resume>): SensorSessions<In> {
  type One = Kept<In, Resume>;
  const kept = recentMap<string, One>();
  const resting = recentMap<string, { readonly session: Session | undefined; readonly resume: Resume }>(MOST_RESUME_POINTS, ({ resume }) =>
    forget(resume),
  );
  let held = 0;
  /** What has windows to come; `ended` is called when there is nothing more. */
  let open = 0;
  let ended: (() => void) | undefined;

  const isTooMuch = (): boolean => kept.size > sensors || held > bytes;
  const count = (one: One, now: number): void => {
    held += now - one.bytes;
    one.bytes = now;
  };
  const remove = (key: string): One | undefined => {
    const one = kept.take(key);
    if (!one) return undefined;
    one.listening?.unsubscribe();
    count(one, 0);
    return one;
  };
  const drop = (key: string): void => {
    const one = remove(key);
    one?.cutter.drop();
    // Its last windows were still being cut.
    if (one) hasEnded();
  };
  const rest = (key: string): void => {
    const one = remove(key);
    if (one) resting.set(key, { session: one.session, resume: one.cutter.rest(hasEnded) });
  };
  const hasEnded = (): void => {
    open--;
    if (open === 0) ended?.();
  };
  const end = (key: string, one: One, then: () => void): void =>
    one.cutter.end(() => kept.get(key) === one && (remove(key), then(), hasEnded()));
  const start = (key: string, { sensor, session }: In): One => {
    const before = resting.take(key);
    const goesOn = before?.session === session;
    if (before && !goesOn) forget(before.resume);
    const output = { next: (window: EventWindow) => pass(window, session, next), fail };
    const one: One = {
      session,
      cutter: begin(session, output, goesOn ? before?.resume : undefined),
      listening: undefined,
      bytes: 0,
      nameLength: sensor.length,
    };
    kept.set(key, one);
    open++;
    if (session?.lifetime !== endless) one.listening = session?.lifetime.over.subscribe(() => kept.get(key) === one && drop(key));
    return one;
  };
  const shrink = (): void => {
    while (kept.oldest !== undefined && isTooMuch()) {
      const one = kept.get(kept.oldest)!;
      // Windows that a timeout has closed since are no longer held.
      count(one, one.cutter.heldBytes + one.nameLength);
      if (isTooMuch()) rest(kept.oldest);
    }
  };

  return {
    push(item) {
      const { sensor, session } = item;
      if (session?.lifetime.isOver) return;
      const key = shortKey(sensor);
      let one = kept.get(key);
      if (one && one.session !== session) {
        drop(key);
        one = undefined;
      }
      if (one) kept.set(key, one);
      else one = start(key, item);
      one.cutter.push(item);
      // It may have been dropped by what its windows have led to.
      if (kept.get(key) === one) count(one, one.cutter.heldBytes + one.nameLength);
      shrink();
    },
    rest: (sensor) => rest(shortKey(sensor)),
    drop(sensor, session) {
      const key = shortKey(sensor);
      if (kept.get(key)?.session === session) drop(key);
      if (resting.get(key)?.session === session) forget(resting.take(key)!.resume);
    },
    end(sensor, then) {
      const key = shortKey(sensor);
      const one = kept.get(key);
      if (one) end(key, one, then);
      else then();
    },
    endAll(then) {
      ended = then;
      if (open === 0) return then();
      for (const key of kept.keys()) end(key, kept.get(key)!, () => {});
    },
    stop() {
      for (const { cutter, listening } of kept.values()) {
        listening?.unsubscribe();
        cutter.drop();
      }
    },
  };
}

/** A window that was finished in an earlier run is acked and not passed on. */
function pass(window: EventWindow, session: Session | undefined, next: (window: EventWindow, session: Session | undefined) => void): void {
  if (!session) return next(window, session);
  if (session.register(window)) return next(finishing(window, session), session);
  report('stage', () => ({ stage: 'skip', sensor: window.sensor, ms: 0, item: window }));
  return window.ack();
}

/** The source is told that a window is finished before the acks of its packets move the position that it commits. */
const finishing = (window: EventWindow, session: Session): EventWindow => ({
  ...window,
  ack: () => {
    session.finish(window);
    window.ack();
  },
});
