import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { anthropic } from '../src/interpret/providers/anthropic.ts';
import { gemini } from '../src/interpret/providers/gemini.ts';
import { openai } from '../src/interpret/providers/openai.ts';
import type { Target } from '../src/interpret/upstream/target/target.ts';
import { redactor } from '../src/redactor.ts';
import { files, known } from '../src/secret.ts';
import { request } from './interpret/support/request.ts';
import { json, stubServer } from './interpret/support/stubServer.ts';

/** 32 hex digits, as Azure's keys are: no pattern can tell them from other numbers. */
const KEY = '3f9a1c77e0b24d58a6c1d9e2f4b80357';
const hex = (text: string): string => Buffer.from(text).toString('hex');
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const each = (write: (code: number) => string, key = KEY): string =>
  Array.from(key)
    .map((c) => write(c.charCodeAt(0)))
    .join('');
const digits = (code: number, length: number): string => code.toString(16).padStart(length, '0');

/** Ways in which a vendor may repeat a key that it was given. */
const echoes: Readonly<Record<string, string>> = {
  'as it is': KEY,
  'in capitals': KEY.toUpperCase(),
  'at the place where the message is cut': 'x'.repeat(178) + KEY,
  'far behind the place where the message is cut': `${' '.repeat(3000)}${KEY}`,
  'its first two thirds': `${KEY.slice(0, 21)}...`,
  'its last half': `...${KEY.slice(16)}`,
  'its ends, the middle masked': `${KEY.slice(0, 10)}****${KEY.slice(-10)}`,
  'in groups of four': KEY.match(/.{4}/g)!.join('-'),
  'a space after each character': Array.from(KEY).join(' '),
  'over two lines': `${KEY.slice(0, 16)}\n    ${KEY.slice(16)}`,
  'with zero-width spaces': Array.from(KEY).join('\u200b'),
  'as a list of characters': JSON.stringify(Array.from(KEY)),
  reversed: Array.from(KEY).toReversed().join(''),
  'percent-encoded': each((code) => `%${digits(code, 2)}`),
  'percent-encoded twice': each((code) => `%25${digits(code, 2)}`),
  'every second character percent-encoded': Array.from(KEY)
    .map((c, i) => (i % 2 ? c : `%${digits(c.charCodeAt(0), 2)}`))
    .join(''),
  'as JSON escapes': each((code) => String.raw`\u${digits(code, 4)}`),
  'as JSON escapes in JSON in JSON': JSON.stringify(JSON.stringify(each((code) => String.raw`\u${digits(code, 4)}`))),
  'as escapes of a shell': each((code) => String.raw`\x${digits(code, 2)}`),
  'as HTML entities': each((code) => `&#${code};`),
  'as hexadecimal HTML entities': each((code) => `&#x${digits(code, 2)};`),
  'in hex': hex(KEY),
  'in hex, in capitals and pairs': hex(KEY).toUpperCase().match(/../g)!.join(':'),
  'in base64': base64(KEY),
  'in base64 behind one character': base64(`:${KEY}`),
  'in base64 behind two characters': base64(`a:${KEY}`),
  'in base64 of a whole header': base64(`api-key: ${KEY}\r\nhost: api.example`),
  'in base64url': Buffer.from(`?>?>${KEY}`).toString('base64url'),
  'in base64, in lines of 16': base64(KEY)
    .match(/.{1,16}/g)!
    .join('\r\n'),
  'in base64, percent-encoded': encodeURIComponent(base64(`~~~${KEY}`)),
  'in base64 of base64': base64(base64(KEY)),
  'in characters of full width': each((code) => String.fromCharCode(code + 0xfee0)),
  'in a query': `https://api.example/v1?api-key=${KEY}&version=2`,
  'in a curl command': `curl -H "authorization: Bearer ${KEY}"`,
};

/** What is left of a key, found by a way of its own: the longest run of it, in any of its writings, with and without separators. */
function longestLeft(said: string): number {
  const writings = [
    KEY,
    Array.from(KEY).toReversed().join(''),
    hex(KEY),
    base64(KEY).slice(0, -2),
    base64(`:${KEY}`).slice(2, -3),
    base64(`a:${KEY}`).slice(3),
    base64(base64(KEY)).slice(0, -4),
  ];
  const unescaped = said
    .normalize('NFKC')
    .replaceAll(/(?:%25|%|\\+u00|\\+x|&#x)([0-9a-f]{2});?/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  const decimal = unescaped.replaceAll(/&#([0-9]+);/g, (_, code: string) => String.fromCharCode(Number(code)));
  let longest = 0;
  for (const text of [said, decimal].map((one) => one.toLowerCase().replaceAll(/[^a-z0-9]/g, ''))) {
    for (const writing of writings.map((one) => one.toLowerCase())) {
      for (let at = 0; at < writing.length; at++) {
        while (longest < writing.length - at && text.includes(writing.slice(at, at + longest + 1))) longest++;
      }
    }
  }
  return longest;
}

const targets: readonly (readonly [string, (baseUrl: string) => Target])[] = [
  ['openai', (baseUrl) => openai({ model: 'gpt-4o', keys: known('K', KEY), baseUrl })],
  ['anthropic', (baseUrl) => anthropic({ model: 'claude-sonnet-4-5', keys: known('K', KEY), baseUrl })],
  ['gemini', (baseUrl) => gemini({ model: 'gemini-2.5-flash', keys: known('K', KEY), baseUrl })],
];

describe('a vendor that repeats the key (issue 11)', () => {
  it.each(Object.entries(echoes))('%s: nothing of it is in an error, an attempt or a caption', async (_, echo) => {
    let status = 400;
    await using server = await stubServer((response) => {
      if (status === 200)
        json(response, 200, { choices: [{ finish_reason: 'stop', message: { content: `A car. ${echo}` } }], model: `m ${echo}` });
      else json(response, status, { error: { message: `Access denied due to invalid key: ${echo} was given`, type: 'x', code: echo } });
    });
    for (const [, make] of targets) {
      const target = make(`${server.url}/v1`);
      for (status of [400, 401, 429, 500]) {
        const asked = request();
        const error = await firstValueFrom(target(asked)).catch((cause: unknown) => cause as Error);
        const said = JSON.stringify(asked.route) + (error as Error).message + JSON.stringify(error);
        expect(longestLeft(said), said).toBeLessThan(8);
      }
      await target.close?.();
    }
    status = 200;
    const target = openai({ model: 'gpt-4o', keys: known('K', KEY), baseUrl: `${server.url}/v1` });
    const answer = await firstValueFrom(target(request()));
    await target.close?.();
    expect(answer.text).toMatch(/^A car\./);
    expect(longestLeft(JSON.stringify(answer))).toBeLessThan(8);
  });
});

describe('redactor', () => {
  it('leaves texts alone that hold no part of a secret', () => {
    const redact = redactor([KEY, 'sk-proj-AbCdEf123456789']);
    for (const text of [
      'A car moves from left to right.',
      '3f9a1c7',
      '100 % of 3 cars & 2 people \\ a tree',
      base64(deflateRawSync(randomBytes(600)).toString('latin1')),
    ]) {
      expect(redact(text)).toBe(text);
    }
  });

  it('finds a random key at a random place of a random text, whole', () => {
    for (let n = 0; n < 300; n++) {
      const key = randomBytes(6 + (n % 40)).toString(n % 2 ? 'base64url' : 'hex');
      const before = randomBytes(n).toString('latin1');
      expect(redactor([key])(`${before} ${key} end`)).not.toContain(key);
    }
  });

  it('takes time in proportion to the text', () => {
    const redact = redactor([KEY]);
    for (const piece of ['%', '\\', '&#', '%25', '\\u0061', '&#97;', '3f9a1c7', KEY, ' ']) {
      // The least of several: whatever else runs only adds to it.
      const cpuOf = (length: number): number => {
        const text = piece.repeat(length / piece.length);
        const took = Array.from({ length: 7 }, () => {
          const before = process.cpuUsage();
          for (let n = 0; n < 20; n++) redact(text);
          return process.cpuUsage(before).user;
        });
        return Math.min(...took);
      };
      cpuOf(2000);
      // As long as what is looked at of a message. Quadratic would be 64 times.
      expect(cpuOf(16_000), piece).toBeLessThan(32 * Math.max(cpuOf(2000), 4000));
    }
  });
});

it('a key file that was replaced is read again when its key is rejected, and the call is made with the new one (issue 11)', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'saccade-key-'));
  const path = join(folder, 'key');
  await writeFile(path, 'old-key-of-yesterday\n');
  let valid = 'Bearer old-key-of-yesterday';
  await using server = await stubServer((response, { headers }) =>
    headers.authorization === valid
      ? json(response, 200, { choices: [{ finish_reason: 'stop', message: { content: 'A car.' } }] })
      : json(response, 401, { error: { message: 'Incorrect API key provided', code: 'invalid_api_key' } }),
  );
  const target = openai({ model: 'gpt-4o', keys: files(path), baseUrl: `${server.url}/v1` });
  await firstValueFrom(target(request()));

  await writeFile(path, 'new-key-of-today\n');
  valid = 'Bearer new-key-of-today';
  const many = Array.from({ length: 8 }, () => request());
  const answers = await Promise.all(many.map(async (asked) => firstValueFrom(target(asked))));
  expect(answers.map(({ text }) => text)).toEqual(many.map(() => 'A car.'));
  expect(many[0]!.route.map(({ outcome }) => outcome)).toEqual(['credential', 'ok']);

  valid = 'Bearer another';
  await expect(firstValueFrom(target(request()))).rejects.toThrow('Incorrect API key');
  await target.close?.();
  await rm(folder, { recursive: true });
});
