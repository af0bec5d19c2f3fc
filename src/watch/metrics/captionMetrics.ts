import { Counter, Gauge, type Registry } from 'prom-client';
import type { NormalisedCaption } from '../../normalise/normalise.ts';
import { listen } from '../../stage/report.ts';
import { endAll } from '../support/endAll.ts';
import { driftSample } from './driftSample.ts';
import { measureApart } from './measureApart.ts';

/** The drift of the sample is measured at most once in this time, in milliseconds. */
const MEASURE_EVERY_MS = 60_000;

/** Flags of captions, and how much the targets differ in style. */
export function captionMetrics(registers: Registry[]): () => void {
  const flags = new Counter({ name: 'saccade_caption_flags_total', help: 'Flags of captions', labelNames: ['target', 'flag'], registers });
  const sample = driftSample();
  let measuredAt = -Infinity;
  let measuring: { end: () => void } | undefined;
  const drift: Gauge = new Gauge({
    name: 'saccade_caption_drift',
    help: 'How well the target is guessed from a sample of its captions: raw, normalised, and by chance; as of the last measurement',
    labelNames: ['captions'],
    registers,
    // Nobody waits for it: a scrape has what was measured after the one before.
    collect() {
      if (sample.captions.length === 0 || performance.now() - measuredAt < MEASURE_EVERY_MS) return;
      measuredAt = performance.now();
      measuring = measureApart(sample.captions, (found) => {
        for (const [captions, share] of Object.entries(found)) drift.set({ captions }, share as number);
      });
    },
  });
  return endAll([
    listen('stage', ({ stage, error, out }) => {
      if (stage !== 'normalise' || error !== undefined) return;
      const caption = out as NormalisedCaption;
      sample.add(caption);
      for (const flag of caption.draft?.flags ?? []) flags.inc({ target: caption.answer?.target ?? '', flag });
    }),
    () => measuring?.end(),
  ]);
}
