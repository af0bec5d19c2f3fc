import { z } from 'zod';
import type { Captioner } from '../../captioner.ts';

/** For the schemas of combinators whose captioners have names. */
export const captionersByName = z.record(
  z.string().min(1),
  z.custom<Captioner>((value) => typeof value === 'function' && 'plan' in value, 'must be a captioner, such as openai({...})'),
);
