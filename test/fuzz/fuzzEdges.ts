import { type FileKind, fileViolation, kinds, messagesViolation } from './files.ts';
import { messageViolation, wires } from './messages.ts';
import { type Random, makeRandom } from './mutate.ts';

export interface EdgeReport {
  readonly cases: number;
  /** What broke a promise, with the seed that makes it again. */
  readonly violations: readonly string[];
}

type Check = readonly [name: string, (random: Random) => Promise<string | undefined>];

const checks: readonly Check[] = [
  ...wires.map((wire): Check => [`messages, ${wire}`, (random) => messageViolation(wire, random)]),
  ...(Object.keys(kinds) as FileKind[]).flatMap((kind): Check[] => [
    [`messages of ${kind}`, (random) => messagesViolation(kind, random)],
    [`files of ${kind}`, (random) => fileViolation(kind, random)],
  ]),
];

/** Damages messages of every wire format, and files of every container, until the time is over. */
export async function fuzzEdges({ seconds, seed }: { readonly seconds: number; readonly seed: number }): Promise<EdgeReport> {
  const deadline = performance.now() + seconds * 1000;
  const violations: string[] = [];
  let cases = 0;
  while (performance.now() < deadline && violations.length < 20) {
    const [name, check] = checks[cases % checks.length]!;
    const what = await check(makeRandom(seed + cases));
    if (what !== undefined) violations.push(`${name}, seed ${seed + cases}: ${what}`);
    cases++;
  }
  return { cases, violations };
}
