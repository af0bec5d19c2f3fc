import type { Pipeline } from '../../definePipeline.ts';
import type { Summary } from '../../watch/summary.ts';

/** What a run says that had to end before everything on its way was finished: how much, what is kept where, and how to go on. */
export function unfinished(
  { open, windows, captioned, quiet, deadLettered }: Pick<Summary, 'open' | 'windows' | 'captioned' | 'quiet' | 'deadLettered'>,
  { ledger, sink }: { readonly ledger: Pick<Pipeline['ledger'], 'name'>; readonly sink: Pick<Pipeline['sink'], 'name' | 'params'> },
  drainSeconds: number,
): string {
  const named = sink.params?.['path'] ?? sink.params?.['topic'];
  const where = typeof named === 'string' ? named : sink.name;
  const paid =
    ledger.name === 'memoryLedger'
      ? 'The ledger is in memory only, so answers that came for them are lost and will be paid for again; `ledger: lmdbLedger({ path })` keeps them.'
      : `Answers that came for them are in the ledger (${ledger.name}) and are not paid for again; calls without an answer are repeated.`;
  return [
    `saccade: ${open} of ${windows} windows were not finished within ${drainSeconds} s; ${captioned + quiet} are safe in ${where}, ${deadLettered} in the dead letters.`,
    `  ${paid}`,
    '  Run the same command again to go on: unfinished windows are read again. --drain SECONDS waits longer.',
    '',
  ].join('\n');
}
