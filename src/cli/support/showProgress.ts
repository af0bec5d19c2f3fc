import type { Packet } from '../../stage/packet.ts';
import type { Source } from '../../consume/source.ts';
import { listen } from '../../stage/report.ts';
import type { Summary } from '../../watch/summary.ts';
import { bar } from './counterLine.ts';

/** A progress line on the terminal, updated five times a second: windows/s, in flight, cost, ETA. Does nothing where stderr is not a terminal. */
export async function showProgress(source: Source, read: () => Summary): Promise<() => void> {
  if (!process.stderr.isTTY) return () => {};
  const total = await source.total?.();
  let done = 0;
  const end = listen('stage', ({ stage, item }) => {
    if (stage !== 'consume') return;
    const { position } = item as Packet;
    done += position.end - position.first;
  });
  const fraction = (): number | undefined => (total ? (source.read?.() ?? done) / total : undefined);
  const timer = setInterval(() => process.stderr.write(`\r\x1b[2K${progressLine(read(), fraction())}`), 200);
  return () => {
    end();
    clearInterval(timer);
    process.stderr.write('\r\x1b[2K');
  };
}

/** @param fraction of the source that was read, 0..1; undefined where the source has no end */
export function progressLine(
  { windows, captioned, quiet, deadLettered, open, costUsd, seconds }: Summary,
  fraction: number | undefined,
): string {
  const finished = captioned + quiet + deadLettered;
  const parts = [
    `${windows} windows`,
    `${(finished / Math.max(seconds, 0.001)).toFixed(1)}/s`,
    `${open} in flight`,
    `${quiet} quiet`,
    ...(deadLettered > 0 ? [`${deadLettered} dead-lettered`] : []),
    costUsd === null ? 'cost unknown' : `$${costUsd.toFixed(4)}`,
  ];
  if (fraction !== undefined && fraction > 0) {
    parts.unshift(bar(fraction));
    const etaSeconds = Math.max(0, seconds / fraction - seconds);
    parts.push(
      `${Math.min(100, Math.round(fraction * 100))} %`,
      `ETA ${etaSeconds < 90 ? `${Math.ceil(etaSeconds)} s` : `${Math.ceil(etaSeconds / 60)} min`}`,
    );
  }
  return parts.join(' · ');
}
