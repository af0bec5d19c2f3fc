import { PipelineError } from '../../errors.ts';

/** No frame is to blame for it, and every further one would meet it. */
export const keysRejected = (target: string): PipelineError =>
  new PipelineError('KEYS_REJECTED', `${target} has no key that works: each was refused, or its account has no credit`);
