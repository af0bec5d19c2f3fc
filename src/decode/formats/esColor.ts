import type { Format } from '../decoder.ts';
import { eventStream } from '../eventStream.ts';

/** Colour events have no polarity: they are counted, and their time is used. */
export const esColor: Format = eventStream('es-color', {
  type: 4,
  size: 8,
  wait: (first) => (first === 0xff ? 254 : undefined),
  step: (first) => first,
  polarity: () => undefined,
});
