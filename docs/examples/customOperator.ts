import { type MonoTypeOperatorFunction, type Observable, filter, finalize } from 'rxjs';
import {
  type Captioner,
  type EventWindow,
  type NormalisedCaption,
  type Source,
  captionWith,
  consume,
  decode,
  houseStyle,
  normalise,
  polarity,
  render,
  synthetic,
  tumbling,
  windows,
} from 'saccade';
import { simulatedVendors } from '../../pipelines/vendors.ts';

/** Your own operator: passes on every n-th window. It acks those that it drops, so that the source can commit past them. */
export const everyNth = (n: number): MonoTypeOperatorFunction<EventWindow> =>
  filter(({ ack }, index) => {
    const passes = index % n === 0;
    if (!passes) ack();
    return passes;
  });

/** It can be used between any two stages, because each stage is an operator over plain items. */
export const sparseCaptions = (source: Source, captioner: Captioner, n: number): Observable<NormalisedCaption> =>
  consume(source).pipe(
    decode(),
    windows(tumbling({ everyMs: 50 })),
    everyNth(n),
    render(polarity()),
    captionWith(captioner),
    normalise(houseStyle()),
  );

if (import.meta.main)
  sparseCaptions(synthetic({ seconds: 2 }), simulatedVendors, 5)
    .pipe(finalize(() => void simulatedVendors.close?.()))
    .subscribe(({ frame, draft }) => console.info(frame.id, draft?.text));
