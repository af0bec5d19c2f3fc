import type { Format } from './decode/decoder.ts';
import { evt2 } from './decode/formats/evt2.ts';
import { evt3 } from './decode/formats/evt3.ts';

/** Every wire format, those with an unmistakable beginning first: files are recognised in this order. */
export const everyFormat: readonly Format[] = [evt3, evt2];
