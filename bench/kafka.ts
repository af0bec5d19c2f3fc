import { ingest } from './kafka/ingest.ts';
import { runJob } from '../test/rig/job/runJob.ts';

/*
  Packets from a broker to captions in the broker: the broker, the simulated vendors and the pipeline on the cores of this
  machine. First packets alone, with answers that cost nothing; then captions at a second each, for MINUTES (10).
*/
export async function bench(): Promise<void> {
  const minutes = Number(process.env['MINUTES'] ?? 10);
  const concurrency = 900;
  const packets = await ingest(4);
  process.stdout.write(`${JSON.stringify({ ingest: packets }, undefined, 2)}\n`);
  const captions = await runJob({
    sensors: 16,
    windows: Math.ceil((minutes * 60 * 850) / 16),
    windowMs: 33,
    eventsPerWindow: 200,
    concurrency,
    latencyMs: 1000,
    partitions: 8,
    killAt: [],
  });
  process.stdout.write(`${JSON.stringify({ captions }, undefined, 2)}\n`);
}
