import { frames, pumped, pumps } from '../test/linear/pumps.ts';
import { readers } from '../test/linear/readers.ts';

/*
  The slowest texts of 1 MB for everything that reads a text of others: marks and words of its own expressions, again and again.
  Candidates are found at 100 kB.
*/
const FIRST = 1e5;
const LENGTH = 1e6;
const SHOWN = 25;
const WORTH_A_LOOK_MS = 5;

interface Worst {
  readonly reader: string;
  readonly pump: string;
  readonly ms: number;
}

export function bench(): void {
  const worst: Worst[] = [];
  for (const [reader, read] of Object.entries(readers)) {
    for (const pump of pumps()) {
      for (const frame of frames) {
        if (msOf(() => read(pumped(pump, frame, FIRST))) < WORTH_A_LOOK_MS) continue;
        worst.push({ reader, pump: `${frame[0]} ${JSON.stringify(pump)} ${frame[1]}`, ms: msOf(() => read(pumped(pump, frame, LENGTH))) });
      }
    }
  }
  for (const { reader, pump, ms } of worst.toSorted((a, b) => b.ms - a.ms).slice(0, SHOWN))
    process.stdout.write(`${ms.toFixed(0).padStart(8)} ms  ${reader}  ${pump}\n`);
}

function msOf(work: () => unknown): number {
  const started = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}
