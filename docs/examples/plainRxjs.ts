import { type Observable, defer, finalize, map, tap } from 'rxjs';
import {
  type Captioner,
  type Source,
  captionWith,
  consume,
  decode,
  houseStyle,
  makeGate,
  normalise,
  polarity,
  render,
  synthetic,
  tumbling,
  windows,
} from 'saccade';
import { simulatedVendors } from '../../pipelines/vendors.ts';

/**
 * Plain RxJS: no Kafka, no sink, no configuration. Packets in, one line of text a window out.
 *
 * The gate is the backpressure: no packet is read while 16 windows wait for their captions. The pipe acks each window
 * after its last stage, which opens the gate again and lets a source such as Kafka commit.
 */
export const captionLines = (source: Source, captioner: Captioner): Observable<string> =>
  defer(() => {
    const gate = makeGate({ windows: 16 });
    return consume(source, { ready: () => gate.opened() }).pipe(
      decode(),
      windows(tumbling({ everyMs: 100 })),
      gate.enter(),
      render(polarity({ palette: 'dark', longSide: 256 })),
      captionWith(captioner),
      normalise(houseStyle()),
      tap(({ ack }) => ack()),
      map(({ frame, draft }) => `${frame.window.start / 1000} ms: ${draft?.text ?? '(quiet)'}`),
    );
  });

if (import.meta.main)
  captionLines(synthetic({ seconds: 2 }), simulatedVendors)
    // A captioner has open connections.
    .pipe(finalize(() => void simulatedVendors.close?.()))
    .subscribe((line) => console.info(line));
