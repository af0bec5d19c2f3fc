import { firstValueFrom } from 'rxjs';
import type { Answer } from '../../../src/interpret/caption.ts';
import type { CaptionRequest } from '../../../src/interpret/captionRequest.ts';
import type { Captioner } from '../../../src/interpret/captioner.ts';
import { type OpenaiOptions, openai } from '../../../src/interpret/providers/openai.ts';
import { known } from '../../../src/secret.ts';
import type { JournalEntry } from '../../../src/sim/vendor/journal.ts';
import { type Simulator, startSimulator } from '../../../src/sim/simulator.ts';
import type { SimulatorOptions, VendorOptions } from '../../../src/sim/options/simulatorOptions.ts';
import { numberedRequest } from '../numberedFrames.ts';

/** On top of the promised times: a test may share its cores with others. */
export const slackMs = process.env['VITEST'] ? 200 : 10;

/** Two targets of the same wire format, at two vendors. */
export const gpt = (url: string, more: Partial<OpenaiOptions> = {}): Captioner =>
  openai({ model: 'gpt-4o', baseUrl: `${url}/openai/v1`, keys: known('a', 'sk-a'), ...more });
export const other = (url: string, more: Partial<OpenaiOptions> = {}): Captioner =>
  openai({ model: 'gpt-4.1', baseUrl: `${url}/other/v1`, keys: known('b', 'sk-b'), ...more });

export interface Running {
  readonly simulator: Simulator;
  /** The attempts at a vendor so far. */
  readonly attemptsAt: (vendor: string) => readonly JournalEntry[];
}

/** Asks about a frame that was not asked about before. */
export async function askOnce(target: Captioner): Promise<{ request: CaptionRequest; answer?: Answer; error?: unknown }> {
  const request = await numberedRequest();
  try {
    return { request, answer: await firstValueFrom(target(request)) };
  } catch (error) {
    return { request, error };
  }
}

/** Starts the simulated vendors for as long as `use` takes. */
export async function withVendors<T>(
  vendors: Record<string, VendorOptions>,
  use: (vendors: Running) => Promise<T>,
  more: SimulatorOptions = {},
): Promise<T> {
  const simulator = await startSimulator({ vendors, journalEntries: 100_000, ...more });
  try {
    return await use({ simulator, attemptsAt: (vendor) => simulator.journal.entries().filter((entry) => entry.vendor === vendor) });
  } finally {
    await simulator.close();
  }
}

/** Milliseconds between the end of one attempt and the start of the next. */
export const gaps = (entries: readonly JournalEntry[]): readonly number[] =>
  entries.slice(1).map((entry, i) => (entry.atUs - entries[i]!.atUs) / 1_000 - entries[i]!.ms);
