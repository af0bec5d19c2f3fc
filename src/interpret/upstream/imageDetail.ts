import { z } from 'zod';

/** How closely the picture is looked at. */
export type ImageDetail = 'auto' | 'low' | 'high' | 'original';

/** Event frames hold little that more tokens would show. */
export const imageDetailOption = z.enum(['auto', 'low', 'high', 'original']).default('low');
