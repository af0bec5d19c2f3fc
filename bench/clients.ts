import { fork } from 'node:child_process';
import { once } from 'node:events';
import { synthetic } from '../src/consume/sources/synthetic.ts';
import { definePipeline } from '../src/definePipeline.ts';
import { polarity } from '../src/frame/renderers/polarity.ts';
import { tumbling } from '../src/frame/windows/tumbling.ts';
import { motion } from '../src/interpret/providers/motion.ts';
import { memory } from '../src/publish/sinks/memory.ts';
import { runPipeline } from '../src/runPipeline.ts';
import { serveMetrics } from '../src/watch/serveMetrics.ts';

const ROUNDS = 3;
const SECONDS = 60;

/**
 * How much 2,000 hostile clients of the metrics port cost a pipeline: processor time of its process for each window, without and with
 * them, by turns. The clients need processor time of their own, so on few cores the rate says more of them than of the server.
 */
export async function bench(): Promise<void> {
  const served = await serveMetrics({ port: 0 });
  const costs: Record<'quiet' | 'flooded', number[]> = { quiet: [], flooded: [] };
  await cpuMs();
  for (let round = 0; round < ROUNDS; round++) {
    costs.quiet.push(await cpuMs());
    const flood = fork(new URL('clients/flood.ts', import.meta.url), [String(served.port)]);
    await once(flood, 'message');
    costs.flooded.push(await cpuMs());
    flood.kill('SIGKILL');
    await once(flood, 'close');
  }
  await served.end();
  const [quiet, flooded] = [median(costs.quiet), median(costs.flooded)];
  console.log(
    `  CPU ms a window: ${quiet.toFixed(2)} without clients, ${flooded.toFixed(2)} with 2,000 hostile ones (${(flooded / quiet).toFixed(2)}); RSS ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB`,
  );
}

async function cpuMs(): Promise<number> {
  const sink = memory();
  const pipeline = definePipeline({
    source: synthetic({ seed: 1, seconds: SECONDS, width: 128, height: 96 }),
    window: tumbling({ everyMs: 20 }),
    renderer: polarity(),
    captioner: motion(),
    sink,
    deadLetters: memory(),
    workers: 0,
  });
  const before = process.cpuUsage();
  await runPipeline(pipeline, new AbortController().signal);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / sink.values.length;
}

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
