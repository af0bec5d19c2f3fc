import { type Observable, auditTime, scan } from 'rxjs';
import { type Pipeline, definePipeline, memory, observePipeline, polarity, synthetic, tumbling } from 'saccade';
import { simulatedVendors } from '../../pipelines/vendors.ts';

/** What a screen needs to show of one sensor. */
export interface SensorState {
  readonly windows: number;
  readonly lastCaption: string;
  readonly costUsd: number;
}

/** The state of every sensor, at most once in `everyMs` milliseconds, while the pipeline runs. Unsubscribing ends the run. */
export const watchCaptions = (pipeline: Pipeline, everyMs: number): Observable<ReadonlyMap<string, SensorState>> =>
  observePipeline(pipeline).pipe(
    scan((states, { sensor, caption, costUsd }) => {
      const { windows, lastCaption, costUsd: spentUsd } = states.get(sensor) ?? { windows: 0, lastCaption: '', costUsd: 0 };
      const state = { windows: windows + 1, lastCaption: caption ?? lastCaption, costUsd: spentUsd + (costUsd ?? 0) };
      return new Map(states).set(sensor, state);
    }, new Map<string, SensorState>()),
    auditTime(everyMs),
  );

if (import.meta.main) {
  const pipeline = definePipeline({
    source: synthetic({ seconds: 5, sensors: 2 }),
    window: tumbling({ everyMs: 100 }),
    renderer: polarity(),
    captioner: simulatedVendors,
    sink: memory(),
    deadLetters: memory(),
  });
  watchCaptions(pipeline, 500).subscribe((states) => console.table(Object.fromEntries(states)));
}
