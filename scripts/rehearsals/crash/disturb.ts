import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlPage } from './controlPage.ts';
import type { Disturbance } from './disturbances.ts';
import { type Ended, type Process, ackedLines } from './startProcess.ts';
import type { Place } from './startProcess.ts';

/** What came of a second process on the same output while the first one ran. */
export interface SecondWriter {
  readonly ended: Ended;
  /** What it called acked while the first was there. */
  readonly acked: number;
  /** Whether the first was there until the second had ended. */
  readonly wasThere: boolean;
}

export interface Disturbed {
  /** Whether the process was still there. */
  readonly reached: boolean;
  readonly second?: SecondWriter;
}

const POLL_MS = 2;
const SLOW_SYNC_MS = 1500;

/** Does to a running process what comes from outside. Resolves when that is done, or the process has ended. */
export async function disturb(
  { after, action, hours = [] }: Disturbance,
  subject: Process,
  place: Place,
  control: ControlPage,
  startSecond: () => Process,
): Promise<Disturbed> {
  if (!after || !action) return { reached: false };
  await untilAfter(after, subject, place);
  if (subject.hasEnded()) return { reached: false };
  if (action === 'kill') subject.signal('SIGKILL');
  if (action === 'terminate' || action === 'terminateAndKill') subject.signal('SIGTERM');
  if (action === 'terminateAndKill') {
    await sleep(5);
    subject.signal('SIGKILL');
  }
  if (action === 'clock') {
    for (const shift of hours) {
      control.shiftClock(shift);
      await sleep(20);
    }
  }
  if (action === 'overlap') subject.signal('SIGTERM');
  const second = action === 'second' || action === 'overlap' ? await besides(subject, place, control, startSecond) : undefined;
  return { reached: true, ...(second && { second }) };
}

async function untilAfter(after: NonNullable<Disturbance['after']>, subject: Process, place: Place): Promise<void> {
  if ('ms' in after) return void (await Promise.race([sleep(after.ms), subject.ended]));
  const before = ackedLines(place).length;
  while (!subject.hasEnded() && ackedLines(place).length < before + after.acks) await sleep(POLL_MS);
}

/** The disk of the first process is slow while the second one tries: so it is there all the time, and its output open. */
async function besides(
  subject: Process,
  place: Place,
  control: ControlPage,
  startSecond: () => Process,
): Promise<SecondWriter | undefined> {
  control.slowSyncs(SLOW_SYNC_MS);
  const second = startSecond();
  const acked = (): number => ackedLines(place).filter(({ pid }) => pid === second.pid).length;
  const ackedBesides = subject.ended.then(acked);
  const ended = await second.ended;
  const wasThere = !subject.hasEnded();
  control.slowSyncs(0);
  return { ended, wasThere, acked: wasThere ? acked() : await ackedBesides };
}
