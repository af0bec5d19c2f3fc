import { setTimeout as sleep } from 'node:timers/promises';
import { say } from '../../../test/rig/report.ts';
import type { Rig } from '../../../test/rig/startRig.ts';
import { nameOf } from '../../../test/rig/startSensors.ts';
import type { CaptionRecord } from '../../../src/publish/captionRecord.ts';

/** What a reader that reads committed finds in the output topics. */
export interface WrittenWindows {
  /** Captions and dead letters of each window; a packet that could not be decoded has a name of its own. */
  readonly counts: ReadonlyMap<string, number>;
  readonly captions: readonly CaptionRecord[];
}

export async function writtenWindows(rig: Rig): Promise<WrittenWindows> {
  const counts = new Map<string, number>();
  const captions: CaptionRecord[] = [];
  const count = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  await rig.eachCaption((caption) => {
    captions.push(caption);
    count(nameOf(caption.sensor, caption.startUs));
  });
  await rig.eachDeadLetter(({ sensor, start, position }) =>
    count(start === null ? `packet ${position.partition}/${position.first}` : nameOf(sensor, start)),
  );
  return { counts, captions };
}

export interface WindowCounts {
  readonly expected: number;
  /** Captions and dead letters together. */
  readonly written: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Windows that no sensor sent. */
  readonly unexpected: number;
}

export function countWindows(expected: ReadonlySet<string>, counts: ReadonlyMap<string, number>): WindowCounts {
  const times = [...counts.values()];
  const lost = [...expected].filter((name) => !counts.has(name));
  if (lost.length > 0) say(`lost: ${lost.slice(0, 20).join(', ')}`);
  return {
    expected: expected.size,
    written: times.reduce((sum, one) => sum + one, 0),
    lost: lost.length,
    duplicated: times.filter((one) => one > 1).length,
    unexpected: [...counts.keys()].filter((name) => !expected.has(name)).length,
  };
}

/** When nothing new has been written for so long, nothing will be. */
const PATIENCE_MS = 90_000;

/** Waits until every expected window is written, or nothing new is. */
export async function untilWritten(rig: Rig, expected: ReadonlySet<string>): Promise<void> {
  let before = -1;
  for (let calmSince = performance.now(); performance.now() - calmSince < PATIENCE_MS;) {
    await sleep(3000);
    const { counts } = await writtenWindows(rig);
    say(`reading: ${counts.size} of ${expected.size}`);
    if ([...expected].every((name) => counts.has(name))) return;
    if (counts.size > before) calmSince = performance.now();
    before = counts.size;
  }
}
