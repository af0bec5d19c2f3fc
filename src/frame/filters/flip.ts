import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import type { Filter } from '../filter.ts';
import { filterRun, keep } from './support/filterRun.ts';

export interface FlipOptions {
  /** Left becomes right. @default false */
  horizontal?: boolean;
  /** Top becomes bottom. Both together turn the picture by 180 degrees. @default false */
  vertical?: boolean;
}

const schema = z.strictObject({ horizontal: z.boolean().default(false), vertical: z.boolean().default(false) });

/** Mirrors the sensor, for cameras that hang upside down or look into a mirror. */
export function flip(options: FlipOptions): Filter {
  const params = readOptions('flip', schema, options);
  return {
    name: 'flip',
    params,
    start: () =>
      filterRun((events, out, width, height) => {
        const { length } = events;
        for (let i = 0; i < length; i++) {
          keep(events, i, out, i);
          if (params.horizontal) out.x[i] = width - 1 - events.x[i]!;
          if (params.vertical) out.y[i] = height - 1 - events.y[i]!;
        }
        return length;
      }),
  };
}
