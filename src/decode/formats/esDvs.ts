import type { Format } from '../decoder.ts';
import { eventStream } from '../eventStream.ts';

export const esDvs: Format = eventStream('es-dvs', {
  type: 1,
  size: 5,
  wait: (first) => (first === 0xff ? 127 : first === 0xfe ? 0 : undefined),
  step: (first) => first >> 1,
  polarity: (first) => first & 1,
});
