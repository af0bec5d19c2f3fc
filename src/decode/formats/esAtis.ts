import type { Format } from '../decoder.ts';
import { eventStream } from '../eventStream.ts';

/** Exposure events have no polarity: they are counted, and their time is used. */
export const esAtis: Format = eventStream('es-atis', {
  type: 2,
  size: 5,
  wait: (first) => ((first & 0xfc) === 0xfc ? 63 * (first & 3) : undefined),
  step: (first) => first >> 2,
  polarity: (first) => ((first & 1) === 1 ? undefined : (first & 3) >> 1),
});
