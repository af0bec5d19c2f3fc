import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { SessionWindow, Session } from '../../../src/stage/session.ts';
import type { Packet } from '../../../src/stage/packet.ts';
import type { EventWindow } from '../../../src/frame/eventWindow.ts';
import { perSession } from '../../../src/frame/windowing/perSession.ts';
import { countedItem } from '../../stage/items.ts';
import { lifetime } from '../../../src/stage/lifetime.ts';

const sessionOf = (
  after?: Session['after'],
  isNew: (window: SessionWindow) => boolean = () => true,
): Session & { end: () => void; finished: string[] } => {
  const own = lifetime();
  const finished: string[] = [];
  return {
    after,
    lifetime: own,
    register: isNew,
    finish: ({ start }) => finished.push(`done ${start}`),
    end: own.end,
    finished,
  };
};

const packet = (seq: number, session?: Session): Packet => countedItem({ seq, ...(session && { session }) }) as unknown as Packet;

/** Cuts two packets at a time into a window that says what was before it. */
const pairs = (log: string[]) =>
  perSession<Packet, undefined>({
    begin(session, output) {
      let held: Packet | undefined;
      log.push(`session after ${session?.after?.end ?? 'nothing'}`);
      return {
        push(next) {
          if (!held) {
            held = next;
            return;
          }
          const window = { ...countedItem({ start: held.seq, end: next.seq }), ack: () => log.push('acked') } as unknown as EventWindow;
          held = undefined;
          output.next(window);
        },
        rest: () => undefined,
        end: (ended) => ended(),
        drop: () => {},
        heldBytes: 0,
      };
    },
  });

describe('perSession', () => {
  it('drops what was begun in one session when the next begins', () => {
    const log: string[] = [];
    const [one, two] = [sessionOf(), sessionOf({ start: 0, end: 7, offset: 3 })];
    const packets = new Subject<Packet>();
    const windows: number[] = [];
    packets.pipe(pairs(log)).subscribe(({ start }) => windows.push(start));
    for (const next of [packet(0, one), packet(1, one), packet(2, one), packet(7, two), packet(8, two)]) packets.next(next);
    expect(windows).toEqual([0, 7]);
    expect(log).toEqual(['session after nothing', 'session after 7']);
  });

  it('tells the source that a window is done before its packets are acked', () => {
    const log: string[] = [];
    const session = sessionOf();
    const packets = new Subject<Packet>();
    const windows: EventWindow[] = [];
    packets.pipe(pairs(log)).subscribe((window) => windows.push(window));
    packets.next(packet(0, session));
    packets.next(packet(1, session));
    expect(session.finished).toEqual([]);
    windows[0]!.ack();
    expect([...session.finished, ...log.slice(1)]).toEqual(['done 0', 'acked']);
  });

  it('acks a window that was finished before, and does not pass it on', () => {
    const log: string[] = [];
    const session = sessionOf(undefined, ({ start }) => start !== 0);
    const packets = new Subject<Packet>();
    const windows: number[] = [];
    packets.pipe(pairs(log)).subscribe(({ start }) => windows.push(start));
    for (let seq = 0; seq < 4; seq++) packets.next(packet(seq, session));
    expect(windows).toEqual([2]);
    expect(log).toContain('acked');
  });

  it('cuts nothing more of a session that has ended, and completes all the same', () => {
    const log: string[] = [];
    const session = sessionOf();
    const packets = new Subject<Packet>();
    const windows: number[] = [];
    let completed = false;
    packets.pipe(pairs(log)).subscribe({ next: ({ start }) => windows.push(start), complete: () => (completed = true) });
    packets.next(packet(0, session));
    session.end();
    packets.next(packet(1, session));
    packets.complete();
    expect(windows).toEqual([]);
    expect(completed).toBe(true);
  });

  it('completes where the session ends while its last windows are still being cut, as in a worker', () => {
    const session = sessionOf();
    const packets = new Subject<Packet>();
    const slow = { push: () => {}, rest: () => undefined, end: () => {}, drop: () => {}, heldBytes: 0 };
    let completed = false;
    packets.pipe(perSession<Packet, undefined>({ begin: () => slow })).subscribe({ complete: () => (completed = true) });
    packets.next(packet(0, session));
    packets.complete();
    expect(completed).toBe(false);
    session.end();
    expect(completed).toBe(true);
  });

  it('errors with what the source throws when it is told of a window', () => {
    const session = sessionOf(undefined, () => {
      throw new Error('no such partition');
    });
    const packets = new Subject<Packet>();
    const errors: unknown[] = [];
    packets.pipe(pairs([])).subscribe({ error: (error) => errors.push(error) });
    packets.next(packet(0, session));
    packets.next(packet(1, session));
    expect(errors).toEqual([new Error('no such partition')]);
  });
});
