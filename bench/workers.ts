import { loadavg } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { loadPipeline } from '../src/cli/support/loadPipeline.ts';
import type { Packet } from '../src/stage/packet.ts';
import type { Source } from '../src/consume/source.ts';
import { synthetic } from '../src/consume/sources/synthetic.ts';
import { runPipeline } from '../src/runPipeline.ts';
import { memory } from '../src/publish/sinks/memory.ts';
import { listen } from '../src/stage/report.ts';

/*
  What decoding, cutting and drawing at full load leave of the main thread: the delay of its event loop, with workers and
  without. Packets of a simulated street come as fast as they are taken.
*/

type Delays = Pick<ReturnType<typeof monitorEventLoopDelay>, 'percentile' | 'max'>;

interface Load {
  readonly workers: number;
  readonly mevPerS: number;
  readonly framesPerS: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const module = fileURLToPath(new URL('workers/pipeline.ts', import.meta.url));

export async function bench(): Promise<void> {
  const packets = await Array.fromAsync(
    synthetic({ scene: 'traffic', width: 640, height: 480, seconds: 6, packetMs: 5 }).packets(new AbortController().signal),
  );
  const idle = await delays(async () => sleep(3000));
  const loads: Load[] = [];
  for (const workers of [0, 1]) loads.push(await underLoad(packets, workers));
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ idleP99Ms: ms(idle, 99), loads })}\n`);
    return;
  }
  process.stdout.write(`  load average ${loadavg()[0]!.toFixed(1)}; event loop of an idle thread: p99 ${ms(idle, 99).toFixed(1)} ms\n`);
  for (const { workers, mevPerS, framesPerS, p50Ms, p99Ms, maxMs } of loads)
    process.stdout.write(
      `  ${workers} workers: ${mevPerS.toFixed(1)} Mev/s, ${framesPerS.toFixed(0)} frames/s; event loop p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, longest ${maxMs.toFixed(1)} ms\n`,
    );
}

async function underLoad(packets: readonly Packet[], workers: number): Promise<Load> {
  const pipeline = await loadPipeline(module);
  const source: Source = {
    name: 'street',
    async *packets() {
      for (const packet of packets) yield { ...packet, bytes: packet.bytes.slice() };
    },
  };
  const count = { events: 0, frames: 0 };
  const end = listen('stage', ({ stage, out }) => {
    if (stage === 'cut') count.events += (out as { count: number }).count;
    if (stage === 'render') count.frames++;
  });
  const begun = performance.now();
  let seconds = 0;
  const delay = await delays(async () => {
    await runPipeline({ ...pipeline, workers, source, sink: memory(), deadLetters: memory() }, new AbortController().signal);
    seconds = (performance.now() - begun) / 1000;
  });
  end();
  return {
    workers,
    mevPerS: count.events / 1e6 / seconds,
    framesPerS: count.frames / seconds,
    p50Ms: ms(delay, 50),
    p99Ms: ms(delay, 99),
    maxMs: delay.max / 1e6,
  };
}

async function delays(work: () => Promise<void>): Promise<Delays> {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  await work();
  histogram.disable();
  return histogram;
}

const ms = (histogram: Delays, percentile: number): number => histogram.percentile(percentile) / 1e6;
