import type { Behaviour, ServedAttempt } from '../faultyServer.ts';

export const healthy: Behaviour = { do: 'answer' };

export const error = (status: number, type: string, code: string | null, message: string, headers?: Record<string, string>): Behaviour => ({
  do: 'status',
  status,
  body: { error: { message, type, param: null, code } },
  ...(headers ? { headers } : {}),
});

export const rateLimited = (headers?: Record<string, string>): Behaviour =>
  error(429, 'requests', 'rate_limit_exceeded', 'Rate limit reached for requests', headers);

export const overloaded = error(503, 'server_error', null, 'The server is currently overloaded with other requests.');

/** The first attempt fails so, the others are answered. */
export const first =
  (behaviour: Behaviour) =>
  ({ n }: ServedAttempt): Behaviour =>
    n === 1 ? behaviour : healthy;

export const always = (behaviour: Behaviour) => (): Behaviour => behaviour;
