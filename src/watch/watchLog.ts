import { type DestinationStream, type Level, type LevelWithSilent, pino } from 'pino';
import { visibleJson } from '../visible.ts';
import { listen } from '../stage/report.ts';
import { endAll } from './support/endAll.ts';

/** Levels of attempts by outcome; all others are warnings. */
const LEVELS: Readonly<Record<string, Level>> = {
  ok: 'trace',
  cancelled: 'debug',
  rate_limit: 'info',
  transient: 'info',
  overloaded: 'info',
};

/** How often it is said that the same thing does not answer, in milliseconds. */
const SAY_EVERY_MS = 5000;

const LONGEST = 2000;

/** A line for each packet of a sensor whose name has a megabyte would fill a disk. */
const short = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}... (${text.length} characters)` : text);

/**
 * Logs the reports of the pipeline as JSON lines. Attempts carry aliases of keys, never keys; pictures and prompts are not logged.
 * Returns the function that ends it.
 */
export function watchLog(level: LevelWithSilent, destination: DestinationStream = pino.destination(2)): () => void {
  const log = pino({ level, base: null }, { write: (line) => destination.write(`${visibleJson(line.trimEnd())}\n`) });
  let shut = false;
  const saidAt = new Map<string, number>();
  return endAll([
    listen('reject', ({ sensor, message, ...rejected }) =>
      log.warn({ ...rejected, sensor: short(sensor), message: short(message) }, 'rejected'),
    ),
    listen('wait', (waited) => {
      const nowMs = performance.now();
      if (nowMs - (saidAt.get(waited.on) ?? -Infinity) < SAY_EVERY_MS) return;
      saidAt.set(waited.on, nowMs);
      log.warn(waited, 'no answer');
    }),
    listen('swallow', (swallowed) => log.info(swallowed, 'went on without')),
    listen('close', (failed) => log.error(failed, 'a part could not be closed')),
    listen('attempt', (attempt) => {
      log[LEVELS[attempt.outcome] ?? 'warn'](attempt, 'attempt');
    }),
    listen('limit', (state) => log.debug(state, 'limit')),
    listen('gate', (gate) => {
      if (gate.shut === shut) return;
      shut = gate.shut;
      log.debug(gate, shut ? 'gate shut' : 'gate open');
    }),
    listen('stage', ({ stage, sensor, ms, error }) => {
      if (error === undefined) log.trace({ stage, sensor: short(sensor), ms }, 'stage');
    }),
  ]);
}
