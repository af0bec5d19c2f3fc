import { describe, expect, test } from 'vitest';
import type { TrueMover } from '../../src/consume/sources/synthetic.ts';
import { synthetic } from '../../src/consume/sources/synthetic.ts';
import type { Mover as SceneMover } from '../../src/consume/syntheticCamera/mover.ts';
import { evt3 } from '../../src/decode/formats/evt3.ts';
import { copyEvents, type Events } from '../../src/decode/events.ts';
import type { EventWindow } from '../../src/frame/eventWindow.ts';
import { measureMotion } from '../../src/motion/measureMotion.ts';
import type { BlobMotion, MotionFacts } from '../../src/frame/motionFacts.ts';

const WIDTH = 346;
const HEIGHT = 260;
const WINDOW_US = 30_000;

interface Seen {
  readonly facts: MotionFacts;
  readonly truth: readonly TrueMover[];
}

/** Windows of a synthetic recording with what was measured and what was true in their middle. */
async function watch(scene: NonNullable<Parameters<typeof synthetic>[0]>['scene'] & {}, seconds = 3): Promise<Seen[]> {
  const source = synthetic({ scene, seconds, packetMs: WINDOW_US / 1000, width: WIDTH, height: HEIGHT });
  const decoder = evt3.start({ width: WIDTH, height: HEIGHT });
  const seen: Seen[] = [];
  let start = 0;
  for await (const { bytes } of source.packets(new AbortController().signal)) {
    const facts = measureMotion(windowOf(copyEvents(decoder.push(bytes)), start));
    seen.push({ facts, truth: source.truth(start + WINDOW_US / 2).filter(({ visible }) => visible) });
    start += WINDOW_US;
  }
  return seen;
}

const windowOf = (events: Events, start: number): EventWindow => ({
  start,
  end: start + WINDOW_US,
  closedBy: 'time',
  width: WIDTH,
  height: HEIGHT,
  slices: [{ events, from: 0, to: events.length }],
  history: [],
  count: events.length,
  on: events.p.subarray(0, events.length).reduce((sum, p) => sum + p, 0),
  capturedAtUs: 0,
  sensor: 's',
  position: { source: 's', unit: 'packet', partition: 0, first: 0, end: 1 },
  ack: () => undefined,
});

const box = ({ shape, size }: TrueMover): { w: number; h: number } =>
  shape === 'bar' ? { w: size / 4, h: size } : { w: 1.4 * size, h: 1.4 * size };
const apart = (p: TrueMover, q: TrueMover): boolean =>
  Math.abs(p.x - q.x) > (box(p).w + box(q).w) / 2 + 10 || Math.abs(p.y - q.y) > (box(p).h + box(q).h) / 2 + 10;
const inside = ({ x, y }: TrueMover): boolean => x > 0 && x < WIDTH && y > 0 && y < HEIGHT;

/** Whether the direction is right: the measured mover nearest to the true one goes within 45 degrees of it. */
function direction({ facts, truth }: Seen): { right: number; of: number } {
  let right = 0;
  let of = 0;
  for (const mover of truth.filter(({ vx, vy }) => Math.hypot(vx, vy) > 40)) {
    const nearest = facts.blobs.toSorted((a, b) => away(a, mover) - away(b, mover))[0];
    if (!nearest || away(nearest, mover) > mover.size || nearest.kind !== 'moving') continue;
    of += 1;
    const cosine = (nearest.vx * mover.vx + nearest.vy * mover.vy) / (Math.hypot(nearest.vx, nearest.vy) * Math.hypot(mover.vx, mover.vy));
    if (cosine > Math.SQRT1_2) right += 1;
  }
  return { right, of };
}

const away = (a: BlobMotion, b: TrueMover): number => Math.hypot(a.x - b.x, a.y - b.y);

describe('motion from events, on the synthetic sensor', async () => {
  const unit = 260;
  const lanes: SceneMover[] = [
    { name: 'a', shape: 'disc', size: 0.2 * unit, brightness: 0.9, x: 60, y: 50, vx: 120, vy: 0 },
    { name: 'b', shape: 'square', size: 0.2 * unit, brightness: 0.1, texture: 'checks', x: 250, y: 130, vx: -90, vy: 0 },
    { name: 'c', shape: 'triangle', size: 0.22 * unit, brightness: 0.8, texture: 'speckle', x: 120, y: 215, vx: 70, vy: 0 },
  ];
  const columns: SceneMover[] = [
    { name: 'a', shape: 'disc', size: 50, brightness: 0.9, x: 50, y: 50, vx: 0, vy: 100 },
    { name: 'b', shape: 'ring', size: 60, brightness: 0.8, x: 170, y: 150, vx: 0, vy: -80 },
    { name: 'c', shape: 'cross', size: 60, brightness: 0.1, x: 290, y: 120, vx: 0, vy: 140 },
  ];
  const diagonal: SceneMover[] = [{ name: 'a', shape: 'disc', size: 56, brightness: 0.9, x: 60, y: 60, vx: 80, vy: 60 }];
  const recordings = new Map<string, Seen[]>();
  for (const [name, scene] of Object.entries({
    single: 'single',
    shapes: 'shapes',
    lanes,
    columns,
    diagonal,
    spinner: 'spinner',
  } as const)) {
    recordings.set(name, await watch(scene));
  }
  const all = [...recordings.values()].flat();

  test('the direction is right for 95 % of what it says moves, and it says so of most that does', () => {
    const found = all.map(direction);
    const of = found.reduce((sum, one) => sum + one.of, 0);
    const right = found.reduce((sum, one) => sum + one.right, 0);
    const asked = all.flatMap(({ truth }) => truth.filter(({ vx, vy }) => Math.hypot(vx, vy) > 40)).length;
    expect(right / of).toBeGreaterThanOrEqual(0.95);
    expect(of / asked).toBeGreaterThanOrEqual(0.9);
  });

  test('the number of blobs is right in 90 % of the windows where they keep apart', () => {
    const clear = all.filter(({ truth }) => truth.every((p, i) => inside(p) && truth.every((q, j) => i <= j || apart(p, q))));
    const right = clear.filter(({ facts, truth }) => facts.blobs.length === truth.length).length;
    expect(clear.length).toBeGreaterThan(150);
    expect(right / clear.length).toBeGreaterThanOrEqual(0.9);
  });

  test('a cross that spins clockwise is said to', () => {
    const crosses = recordings.get('spinner')!.flatMap(({ facts }) => facts.blobs.filter(({ kind }) => kind === 'rotating'));
    expect(crosses.length).toBeGreaterThan(70);
    expect(crosses.filter(({ turn }) => turn > 0).length / crosses.length).toBeGreaterThan(0.95);
  });

  test('speed is good to about a fifth', () => {
    const speeds = recordings.get('diagonal')!.flatMap(({ facts }) => facts.blobs.map(({ vx, vy }) => Math.hypot(vx, vy)));
    const middle = speeds.toSorted((a, b) => a - b)[speeds.length >> 1]!;
    expect(Math.abs(middle / 100 - 1)).toBeLessThan(0.2);
  });

  test('nothing moves where nothing does, whatever the noise', async () => {
    for (const { facts } of await watch('still', 1)) {
      expect(facts).toMatchObject({ blobs: [], what: 'still' });
      expect(facts.noise).toBeGreaterThan(0.9);
    }
  });
});

test('an empty window has no motion', () => {
  const events = { length: 0, t: new Float64Array(0), x: new Uint16Array(0), y: new Uint16Array(0), p: new Uint8Array(0) };
  expect(measureMotion(windowOf(events, 0))).toEqual({ blobs: [], what: 'still', density: 0, on: 0, noise: 0 });
});
