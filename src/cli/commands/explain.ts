import { print, printJson } from '../support/print.ts';
import { visible } from '../../visible.ts';
import avsc from 'avsc';
import type { Command } from 'commander';
import { PipelineError, messageOf } from '../../errors.ts';
import type { Attempt } from '../../interpret/caption.ts';
import { isContainer, jsonLines } from '../support/jsonLines.ts';

/** `explain CAPTIONS ID`: the path of one caption, or of one dead letter, attempt by attempt. */
export const explainCommand = (program: Command): void => {
  program
    .command('explain')
    .description('the path of one caption, attempt by attempt')
    .argument('<captions>', 'captions or dead letters, Avro or JSON lines')
    .argument('<id>', 'id of the record, or its beginning')
    .option('--json', 'print one JSON object')
    .action(async (file: string, id: string, { json }: { json?: boolean }) => {
      const explained = explain(await find(file, id));
      if (json) printJson(explained);
      else print(describe(explained));
    });
};

/** The fields of a caption record or a dead letter that are used here. */
interface Traced {
  readonly id: string;
  readonly status?: string;
  readonly sensor: string;
  readonly caption?: string | null;
  readonly target?: string | null;
  readonly model?: string | null;
  readonly cache?: string;
  readonly duplicateOf?: { readonly id: string; readonly distance: number } | null;
  readonly costUsd?: number | null;
  readonly code?: string;
  readonly message?: string;
  /** JSON text in dead letters. */
  readonly route: readonly Attempt[] | string;
}

export interface Explanation {
  readonly id: string;
  readonly sensor: string;
  readonly end: string;
  readonly attempts: readonly (Attempt & { readonly afterMs: number })[];
  /** Null where the price of one attempt is not known. */
  readonly costUsd: number | null;
}

export function explain(record: Traced): Explanation {
  const route = typeof record.route === 'string' ? (JSON.parse(record.route || '[]') as Attempt[]) : record.route;
  const first = route.length > 0 ? Math.min(...route.map(({ startedAtUs }) => startedAtUs)) : 0;
  return {
    id: record.id,
    sensor: record.sensor,
    end: endOf(record),
    attempts: route.map((attempt) => ({ ...attempt, afterMs: Math.round((attempt.startedAtUs - first) / 1000) })),
    costUsd: route.reduce<number | null>((sum, { costUsd }) => (sum === null || costUsd === null ? null : sum + costUsd), 0),
  };
}

function endOf({ status, code, message, cache, duplicateOf, target, model }: Traced): string {
  if (code !== undefined) return `dead-lettered: ${code}: ${message ?? ''}`;
  if (status === 'quiet') return 'quiet: too few events to ask for a caption';
  if (duplicateOf) return `the caption of ${duplicateOf.id}, at a distance of ${duplicateOf.distance}; no model was asked`;
  if (cache === 'ledger') return `answered by ${target} (${model}) before, and found in the ledger; no model was asked`;
  return `answered by ${target} (${model})`;
}

function describe({ id, sensor, end, attempts, costUsd }: Explanation): string {
  const lines = attempts.map(({ target, key, afterMs, ms, status, outcome, reason, inputTokens, outputTokens, costUsd: cost }, n) => {
    const who = visible(`${target}${key ? ` with key ${key}` : ''}`);
    const spent = inputTokens + outputTokens > 0 ? `, ${inputTokens} + ${outputTokens} tokens, ${usd(cost)}` : '';
    return `  ${n + 1}. +${afterMs} ms  ${who}: ${visible(`${status || 'no reply'} ${outcome}`)} after ${Math.round(ms)} ms${spent}${reason ? `\n       ${visible(reason)}` : ''}`;
  });
  return [visible(`${id} of ${sensor}`), ...lines, `  ${visible(end)}`, `  ${attempts.length} attempts, ${usd(costUsd)}`, ''].join('\n');
}

const usd = (cost: number | null): string => (cost === null ? 'cost not known' : `$${cost.toFixed(6)}`);

/** The one record whose id is, or begins with, `id`. Throws INPUT_UNREADABLE where there is none, or more than one. */
async function find(file: string, id: string): Promise<Traced> {
  const found: Traced[] = [];
  try {
    for await (const record of records(file)) {
      if (record.id === id) return record;
      if (record.id?.startsWith(id)) found.push(record);
    }
  } catch (cause) {
    throw new PipelineError('INPUT_UNREADABLE', `${file}: cannot be read as captions: ${messageOf(cause)}`, { cause });
  }
  if (found.length === 1) return found[0]!;
  const wrong =
    found.length === 0
      ? 'no record has an id that begins with it'
      : `${found.length} records have an id that begins with it; give more of the id`;
  throw new PipelineError('INPUT_UNREADABLE', `${file}: ${wrong} (found ${id})`);
}

async function* records(file: string): AsyncGenerator<Traced> {
  if (await isContainer(file)) {
    for await (const record of avsc.createFileDecoder(file)) yield record as Traced;
    return;
  }
  for await (const { row } of jsonLines(file)) yield row as unknown as Traced;
}
