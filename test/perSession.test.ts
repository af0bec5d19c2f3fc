import { Subject, mergeMap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { CutWindow, Life } from '../src/stage/session.ts';
import type { Packet } from '../src/stage/packet.ts';
import type { EventWindow } from '../src/frame/eventWindow.ts';
import { lives } from '../src/perSession.ts';
import { countedItem } from './stage/items.ts';

const lifeOf = (after?: Life['after'], isNew: (window: CutWindow) => boolean = () => true): Life & { end: () => void; told: string[] } => {
  const controller = new AbortController();
  const told: string[] = [];
  return {
    after,
    signal: controller.signal,
    begin: isNew,
    done: ({ start }) => told.push(`done ${start}`),
    end: () => controller.abort(),
    told,
  };
};

const packet = (seq: number, life?: Life): Packet => countedItem({ seq, ...(life && { life }) }) as unknown as Packet;

/** Cuts two packets at a time into a window that says what was before it. */
const pairs = (log: string[]) =>
  lives((packets, after) => {
    let held: Packet | undefined;
    log.push(`life after ${after?.end ?? 'nothing'}`);
    return packets.pipe(
      mergeMap((next) => {
        if (!held) {
          held = next;
          return [];
        }
        const window = { ...countedItem({ start: held.seq, end: next.seq }), ack: () => log.push('acked') } as unknown as EventWindow;
        held = undefined;
        return [window];
      }),
    );
  });

describe('lives', () => {
  it('drops what was begun in one life when the next begins', () => {
    const log: string[] = [];
    const [one, two] = [lifeOf(), lifeOf({ start: 0, end: 7, offset: 3 })];
    const packets = new Subject<Packet>();
    const windows: number[] = [];
    packets.pipe(pairs(log)).subscribe(({ start }) => windows.push(start));
    for (const next of [packet(0, one), packet(1, one), packet(2, one), packet(7, two), packet(8, two)]) packets.next(next);
    expect(windows).toEqual([0, 7]);
    expect(log).toEqual(['life after nothing', 'life after 7']);
  });

  it('tells the source that a window is done before its packets are acked', () => {
    const log: string[] = [];
    const life = lifeOf();
    const packets = new Subject<Packet>();
    const windows: EventWindow[] = [];
    packets.pipe(pairs(log)).subscribe((window) => windows.push(window));
    packets.next(packet(0, life));
    packets.next(packet(1, life));
    expect(life.told).toEqual([]);
    windows[0]!.ack();
    expect([...life.told, ...log.slice(1)]).toEqual(['done 0', 'acked']);
  });

  it('acks a window that was done before, and passes it to nobody', () => {
    const log: string[] = [];
    const life = lifeOf(undefined, ({ start }) => start !== 0);
    const packets = new Subject<Packet>();
    const windows: number[] = [];
    packets.pipe(pairs(log)).subscribe(({ start }) => windows.push(start));
    for (let seq = 0; seq < 4; seq++) packets.next(packet(seq, life));
    expect(windows).toEqual([2]);
    expect(log).toContain('acked');
  });

  it('cuts nothing more of a life that has ended, and completes all the same', () => {
    const log: string[] = [];
    const life = lifeOf();
    const packets = new Subject<Packet>();
    const windows: number[] = [];
    let completed = false;
    packets.pipe(pairs(log)).subscribe({ next: ({ start }) => windows.push(start), complete: () => (completed = true) });
    packets.next(packet(0, life));
    life.end();
    packets.next(packet(1, life));
    packets.complete();
    expect(windows).toEqual([]);
    expect(completed).toBe(true);
  });
});
