import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { smallPipeline } from '../files/smallPipeline.ts';
import { type HostileCase, saccadeCommand } from '../hostileCase.ts';

/** Nothing that a terminal acts on, or that turns or hides text; ends of lines and tabs aside. */
const HARMLESS = /^(?:[\n\t]|[^\p{C}\p{Zl}\p{Zp}])*$/u;
const NAMES: readonly (readonly [string, string])[] = [
  ['an escape sequence', 'cam\u001b[2J\u001b]0;owned\u0007'],
  ['NUL and C1', 'cam\0\u009b2J'],
  ['a mark that turns the writing', 'cam\u202egnp.exe'],
  ['a line of its own', 'cam\nsaccade: all is well'],
  ['a path', '../../../../tmp/cam'],
  ['a megabyte', 'c'.repeat(1e6)],
  ['markup', '"><script>alert(1)</script>'],
];

const record = (sensor: string): string => {
  const attempt = {
    target: sensor,
    key: sensor,
    startedAtUs: 1,
    ms: 1,
    status: 500,
    outcome: 'ok',
    reason: sensor,
    inputTokens: 0,
    outputTokens: 0,
    costUsd: 0,
  };
  return `${JSON.stringify({ id: 'a1', sensor, status: 'captioned', target: sensor, model: sensor, route: [attempt] })}\n`;
};

/** Names that strangers choose. */
export const cases: readonly HostileCase[] = NAMES.flatMap(([what, name]) => [
  {
    name: `explain a record whose names are ${what}`,
    async prepare(folder: string) {
      const file = join(folder, 'captions.jsonl');
      await writeFile(file, record(name));
      return saccadeCommand('explain', file, 'a1');
    },
    exitCode: 0,
    message: HARMLESS,
  },
  {
    name: `run with a sensor whose name is ${what}, with frames`,
    async prepare(folder: string) {
      const source = `renamed(synthetic({ seed: 1, seconds: 1, width: 64, height: 64 }), ${JSON.stringify(name)})`;
      return saccadeCommand(
        'run',
        await smallPipeline(folder, `source: ${source}, frames: frameFolder({ path: 'frames' })`),
        '--log',
        'trace',
      );
    },
    exitCode: 0,
    message: HARMLESS,
  },
]);
