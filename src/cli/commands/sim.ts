import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { PipelineError, messageOf } from '../../errors.ts';
import { startSimulator } from '../../sim/simulator.ts';
import type { SimulatorOptions } from '../../sim/simulatorOptions.ts';

interface Flags {
  readonly port: string;
  readonly vendors?: string;
  readonly json?: boolean;
}

/** `saccade sim`: serves until SIGINT or SIGTERM, then prints what it saw. */
export const simCommand = (program: Command): void => {
  program
    .command('sim')
    .description(
      "the VLM simulator: the vendors' wire formats with quotas, latency and faults; it describes light and dark, it knows nothing",
    )
    .option('--port <port>', 'port on 127.0.0.1; 0 for any free one', '8787')
    .option('--vendors <file>', "options of startSimulator: a JSON file, or a module's default export")
    .option('--json', 'one JSON object when it listens, one when it ends')
    .action(async ({ port, vendors, json }: Flags) => {
      const options = vendors === undefined ? {} : await readVendors(vendors);
      const simulator = await startSimulator({ ...options, port: Number(port) });
      const { url, urls } = simulator;
      console.log(
        json
          ? JSON.stringify({ url, urls })
          : `simulator at ${url}\n${Object.keys(urls)
              .map((name) => `  ${name}  ${urls[name]}`)
              .join('\n')}\nCtrl-C ends it`,
      );
      await ended();
      const totals = simulator.journal.totals();
      await simulator.close();
      console.log(
        json ? JSON.stringify(totals) : `${totals.requests} requests, ${totals.ok} answered, ${totals.costUsd.toFixed(6)} USD billed`,
      );
    });
};

async function readVendors(file: string): Promise<SimulatorOptions> {
  try {
    if (file.endsWith('.json')) return JSON.parse(await readFile(file, 'utf8')) as SimulatorOptions;
    const module = (await import(pathToFileURL(resolve(file)).href)) as { default?: SimulatorOptions };
    if (module.default) return module.default;
  } catch (cause) {
    throw new PipelineError('CONFIG_INVALID', `--vendors ${file}: ${messageOf(cause)}`, { cause });
  }
  throw new PipelineError('CONFIG_INVALID', `--vendors ${file}: has no default export; export the options of startSimulator as default`);
}

const ended = async (): Promise<void> => {
  const { promise, resolve: end } = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end());
  await promise;
};
