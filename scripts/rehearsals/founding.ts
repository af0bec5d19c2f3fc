import { parseArgs } from 'node:util';
import { runJob } from '../../test/rig/job/runJob.ts';
import { printResult } from '../../test/rig/report.ts';

/*
  npm run rehearse -- founding --windows 1200000 --kills 3

  The job that Saccade was made for: 1.2 million windows, three vendors. Here the vendors are simulated, at a second a call,
  and the pipeline is killed with SIGKILL on the way and started again. Afterwards a reader that reads committed counts.
*/
export async function rehearse(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      windows: { type: 'string', default: '1200000' },
      kills: { type: 'string', default: '3' },
      concurrency: { type: 'string', default: '900' },
      sensors: { type: 'string', default: '16' },
    },
  });
  const sensors = Number(values.sensors);
  const kills = Number(values.kills);
  const result = await runJob({
    sensors,
    windows: Math.ceil(Number(values.windows) / sensors),
    windowMs: 33,
    eventsPerWindow: 200,
    concurrency: Number(values.concurrency),
    latencyMs: 1000,
    partitions: 8,
    killAt: Array.from({ length: kills }, (_, i) => (i + 1) / (kills + 1)),
  });
  printResult(result, false);
  return result.lost + result.duplicated > 0 ? 1 : 0;
}
