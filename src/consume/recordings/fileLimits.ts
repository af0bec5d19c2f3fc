import { z } from 'zod';

/** How much memory and work a file that holds packets may cost. What is beyond them ends the reading with INPUT_UNREADABLE. */
export interface FileLimits {
  /** Bytes of one piece: read at once, or unpacked at once. @default 67108864 */
  readonly chunkBytes?: number | undefined;
  /** Bytes of unpacked chunks that are held at the same time, because they overlap in time. @default 134217728 */
  readonly heldBytes?: number | undefined;
  /** How many times its own length a file may unpack to, beyond the first 256 MiB. @default 32 */
  readonly growth?: number | undefined;
}

export const fileLimitsSchema = z.strictObject({
  chunkBytes: z
    .int()
    .min(2 ** 16)
    .max(2 ** 30)
    .default(2 ** 26),
  heldBytes: z
    .int()
    .min(2 ** 16)
    .max(2 ** 34)
    .default(2 ** 27),
  growth: z.number().min(1).default(32),
});

export type CheckedFileLimits = z.infer<typeof fileLimitsSchema>;

/** The limits of files that are read without options. */
export const DEFAULT_FILE_LIMITS: CheckedFileLimits = fileLimitsSchema.parse({});
