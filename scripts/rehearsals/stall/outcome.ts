import type { Rig } from '../../../test/rig/startRig.ts';
import { nameOf } from '../../../test/rig/startSensors.ts';

export interface Outcome {
  readonly expected: number;
  readonly written: number;
  /** Whether each window is captioned or a dead letter. */
  readonly drained: boolean;
  /** Neither captioned nor a dead letter. */
  readonly lost: number;
  readonly duplicated: number;
  readonly deadLetters: number;
  /** Attempts of the caption that needed most. */
  readonly longestRoute: number;
}

/** The committed captions and dead letters, beside the windows that were expected. */
export async function outcomeOf(rig: Rig, expected: ReadonlySet<string>): Promise<Outcome> {
  const counts = new Map<string, number>();
  let [deadLetters, longestRoute] = [0, 0];
  await rig.eachCaption(({ sensor, startUs, route }) => {
    longestRoute = Math.max(longestRoute, route.length);
    counts.set(nameOf(sensor, startUs), (counts.get(nameOf(sensor, startUs)) ?? 0) + 1);
  });
  await rig.eachMessage('dead', () => void deadLetters++);
  return {
    expected: expected.size,
    written: [...counts.values()].reduce((sum, times) => sum + times, 0),
    drained: counts.size + deadLetters >= expected.size,
    lost: [...expected].filter((name) => !counts.has(name)).length - deadLetters,
    duplicated: [...counts.values()].filter((times) => times > 1).length,
    deadLetters,
    longestRoute,
  };
}
