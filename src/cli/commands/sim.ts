import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { PipelineError, messageOf } from '../../errors.ts';
import type { ListenAddress } from '../../listenAddress.ts';
import { addressFlag } from '../support/runFlags.ts';
import { startSimulator } from '../../sim/simulator.ts';
import type { SimulatorOptions } from '../../sim/options/simulatorOptions.ts';

interface Flags {
  readonly port: ListenAddress;
  readonly vendors?: string;
  readonly scenario?: string;
  readonly json?: boolean;
}

/** What `--vendors` reads: the options themselves, or several sets of them by name. */
type VendorsFile = SimulatorOptions | { readonly scenarios: Readonly<Record<string, SimulatorOptions>> };

/** `sim`: serves until SIGINT or SIGTERM, then prints the totals. */
export const sim = (program: Command): void => {
  program
    .command('sim')
    .description(
      "the VLM simulator: the vendors' wire formats with quotas, latency and faults; it describes light and dark regions, and recognises nothing",
    )
    .option('--port <[host:]port>', 'where it listens; without a host for this machine alone; 0 for any free port', addressFlag, {
      port: 8787,
    })
    .option('--vendors <file>', 'options of the simulator (docs/simulator.md): a JSON file, or the default export of a module')
    .option('--scenario <name>', "one of the file's scenarios")
    .option('--json', 'print one JSON object when it listens, one when it ends')
    .action(async ({ port, vendors, scenario, json }: Flags) => {
      const options = vendors === undefined ? {} : pick(await readVendors(vendors), vendors, scenario);
      const simulator = await startSimulator({ ...options, ...port });
      const { url, urls } = simulator;
      const lines = Object.entries(urls).map(([name, address]) => `  ${name}  ${address}`);
      console.log(json ? JSON.stringify({ url, urls }) : [`simulator at ${url}`, ...lines, 'Ctrl-C ends it'].join('\n'));
      await ended();
      const totals = simulator.journal.totals();
      await simulator.close();
      console.log(
        json ? JSON.stringify(totals) : `${totals.requests} requests, ${totals.ok} answered, ${totals.costUsd.toFixed(6)} USD billed`,
      );
    });
};

async function readVendors(file: string): Promise<VendorsFile> {
  try {
    if (file.endsWith('.json')) return JSON.parse(await readFile(file, 'utf8')) as VendorsFile;
    const module = (await import(pathToFileURL(resolve(file)).href)) as { default?: VendorsFile };
    if (module.default) return module.default;
  } catch (cause) {
    throw new PipelineError('CONFIG_INVALID', `--vendors ${file}: ${messageOf(cause)}`, { cause });
  }
  throw new PipelineError('CONFIG_INVALID', `--vendors ${file}: has no default export; export the simulator's options as default`);
}

function pick(read: VendorsFile, file: string, scenario: string | undefined): SimulatorOptions {
  const names = 'scenarios' in read ? Object.keys(read.scenarios) : [];
  const there = names.length > 0 ? `it has ${names.join(', ')}` : 'it has no scenarios, but one set of options';
  if (!('scenarios' in read)) {
    if (scenario === undefined) return read;
    throw new PipelineError('CONFIG_INVALID', `--scenario ${scenario}: not in ${file}; ${there}`);
  }
  const found = scenario === undefined ? undefined : read.scenarios[scenario];
  if (found) return found;
  throw new PipelineError('CONFIG_INVALID', `--scenario ${scenario ?? '(none given)'}: not in ${file}; ${there}`);
}

const ended = async (): Promise<void> => {
  const { promise, resolve: end } = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end());
  await promise;
};
