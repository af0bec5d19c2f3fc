import { print, printJson, visibleLines } from './print.ts';
import type { Pipeline } from '../../definePipeline.ts';
import { PipelineError } from '../../errors.ts';
import { runPipeline } from '../../runPipeline.ts';
import { watchLog } from '../../watch/watchLog.ts';
import { type Connected, serveMetrics } from '../../watch/serveMetrics.ts';
import type { Summary } from '../../watch/summary.ts';
import { watchSummary } from '../../watch/watchSummary.ts';
import type { RunFlags } from './runFlags.ts';
import { showWaits } from './showWaits.ts';
import { showProgress } from './showProgress.ts';
import { unfinished } from './unfinished.ts';
import { summaryTable } from './summaryTable.ts';

/** Runs a pipeline with progress, metrics, log and a summary. The first SIGINT or SIGTERM drains, the second ends at once. */
export async function runWatched(
  pipeline: Pipeline,
  { metrics, log, json, drain, workers = pipeline.workers, add = false, replace = false }: RunFlags,
  outputs: Readonly<Record<string, string>> = {},
  afterwards?: () => Promise<void>,
): Promise<Summary> {
  const missing = pipeline.captioner.plan.targets.flatMap((target) => target.missingKeys());
  if (missing.length > 0)
    throw new PipelineError(
      'CONFIG_INVALID',
      `key variable ${[...new Set(missing)].join(', ')} is not set; export it, or name another one in the pipeline`,
    );

  const stop = new AbortController();
  const served = metrics === undefined ? undefined : await serveMetrics(metrics, partsOf(pipeline, stop.signal));
  if (served && !json) process.stderr.write(`metrics on ${served.url}/metrics\n`);
  const endWaits = showWaits();
  const endLog = log === undefined ? undefined : watchLog(log);
  const summary = watchSummary();
  const endSignals = drainOnSignal(stop, drain, () => unfinished(summary.read(), pipeline, drain));
  const endProgress = await showProgress(pipeline.source, summary.read);
  let isDone = false;
  try {
    await runPipeline({ ...pipeline, workers }, stop.signal, { otherRecords: add ? 'add' : replace ? 'replace' : 'refuse' });
    await afterwards?.();
    isDone = true;
    return summary.read();
  } finally {
    endProgress();
    summary.end();
    endLog?.();
    endWaits();
    endSignals();
    await served?.end();
    if (json) printJson({ ...summary.read(), outputs });
    // A run that was refused before it began has nothing to sum up.
    else if (isDone || summary.read().packets > 0) print(summaryTable(summary.read(), outputs));
  }
}

/** What must be connected for a run to be ready. A run that drains is not: it takes no more work. */
const partsOf = ({ source, ledger, sink, deadLetters }: Pipeline, stop: AbortSignal): Connected[] => [
  source,
  ledger,
  sink,
  deadLetters,
  { name: 'run', ready: async () => (stop.aborted ? Promise.reject(new Error('is draining')) : undefined) },
];

/** Returns the function that stops listening. */
function drainOnSignal(stop: AbortController, drainSeconds: number, describeRest: () => string): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stop.signal.aborted) process.exit(130);
    process.stderr.write(
      `\n${signal}: no more packets are read; waiting up to ${drainSeconds} s for what is in flight (again to end at once)\n`,
    );
    stop.abort();
    setTimeout(() => {
      process.stderr.write(visibleLines(describeRest()));
      process.exit(1);
    }, drainSeconds * 1000).unref();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return () => process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
}
