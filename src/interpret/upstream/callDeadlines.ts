import { z } from 'zod';

/** The deadlines of one call in milliseconds. When one passes, the socket is closed. */
export interface CallDeadlines {
  /** Until the request can be written: a connection, with TLS. @default 5000 */
  connectMs?: number | undefined;
  /** From then to the first header. @default 30000 */
  headersMs?: number | undefined;
  /** Silence between two pieces of the reply. @default 10000 */
  idleMs?: number | undefined;
  /** All of it. @default 60000 */
  totalMs?: number | undefined;
}

const milliseconds = z.number().positive('must be above 0');

export const totalMs = milliseconds.default(60_000);

export const callDeadlines = z
  .strictObject({
    connectMs: milliseconds.default(5_000),
    headersMs: milliseconds.default(30_000),
    idleMs: milliseconds.default(10_000),
    totalMs,
  })
  .prefault({});

export type CallDeadlineSettings = z.output<typeof callDeadlines>;
