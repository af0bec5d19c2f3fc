import { z } from 'zod';

/** `least`: as little as the model can, since its thoughts are billed as output. */
export type Thinking = 'least' | 'default';

export const thinkingOption = z.enum(['least', 'default']).default('least');
