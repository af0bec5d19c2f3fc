import type { ApiReply } from './vendorApi.ts';

export const jsonReply = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): ApiReply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});
