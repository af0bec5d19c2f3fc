import { Subject, mergeMap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { makeGate } from '../../src/stage/makeGate.ts';
import type { Item } from '../../src/stage/item.ts';
import { pull } from '../../src/stage/pull.ts';
import { countedItem } from './items.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('gate', () => {
  it('holds the source: never more inside than the limit and what one packet closes', async () => {
    const limit = 8;
    const windowsPerPacket = 3;
    const gate = makeGate({ windows: limit });
    let pulled = 0;
    let peak = 0;
    const finish: (() => void)[] = [];
    async function* packets(): AsyncIterable<number> {
      for (; pulled < 1000;) yield pulled++;
    }
    const done = new Promise<void>((resolve, reject) => {
      pull(packets, () => gate.opened())
        .pipe(
          mergeMap((n) => Array.from({ length: windowsPerPacket }, () => countedItem({ n }))),
          gate.enter(() => 1),
        )
        .subscribe({
          next: (item: Item) => {
            peak = Math.max(peak, gate.inside);
            finish.push(item.ack);
          },
          error: reject,
          complete: resolve,
        });
    });

    await turn();
    const pulledWhileNobodyFinishes = pulled;
    await turn();
    expect(pulled).toBe(pulledWhileNobodyFinishes);
    expect(pulled).toBe(Math.ceil(limit / windowsPerPacket));

    const drained = new AbortController();
    void done.finally(() => drained.abort());
    while (!drained.signal.aborted) {
      finish.splice(0, 2).forEach((ack) => ack());
      await turn();
    }
    await done;
    finish.forEach((ack) => ack());
    expect(pulled).toBe(1000);
    expect(peak).toBeLessThan(limit + windowsPerPacket);
    expect(gate.inside).toBe(0);
  });

  it('counts bytes as well as windows', () => {
    const gate = makeGate({ windows: 100, bytes: 1000 });
    const items = new Subject<Item>();
    const inside: Item[] = [];
    items.pipe(gate.enter(() => 600)).subscribe((item) => inside.push(item));
    items.next(countedItem({}));
    expect(gate.shut).toBe(false);
    items.next(countedItem({}));
    expect(gate.shut).toBe(true);
    inside[0]!.ack();
    expect(gate.shut).toBe(false);
  });

  it('passes the ack on, once, and lets nobody leave twice', () => {
    const gate = makeGate({ windows: 1 });
    const items = new Subject<Item>();
    const item = countedItem({});
    let inside: Item | undefined;
    items.pipe(gate.enter(() => 0)).subscribe((entered) => (inside = entered));
    items.next(item);
    inside!.ack();
    inside!.ack();
    expect(item.acks()).toBe(1);
    expect(gate.inside).toBe(0);
  });
});
