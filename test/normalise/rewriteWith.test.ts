import { type Observable, firstValueFrom, of, throwError } from 'rxjs';
import { expect, test } from 'vitest';
import type { Answer } from '../../src/interpret/caption.ts';
import type { CaptionRequest } from '../../src/interpret/captionRequest.ts';
import { makeCaptioner } from '../../src/interpret/makeCaptioner.ts';
import { houseStyle } from '../../src/normalise/normalisers/houseStyle.ts';
import type { NormalisedCaption } from '../../src/normalise/normalise.ts';
import { rewriteWith } from '../../src/normalise/rewriteWith.ts';
import { request } from '../interpret/support/request.ts';

const { window, image } = request();
const position = { source: 's', unit: 'packet', partition: 0, first: 0, end: 1 } as const;
const caption: NormalisedCaption = {
  sensor: 's',
  position,
  ack: () => undefined,
  frame: { id: 'f', sensor: 's', position, ack: () => undefined, window, image, renderer: { name: 'r', params: {}, legend: '' } },
  route: [],
  promptHash: '',
  draft: { text: 'A small car that is there moving left.', flags: [], confidence: 1 },
  normaliser: { name: 'houseStyle', version: '3' },
};

const silent = { target: 't', provider: 'p', model: 'm', inputTokens: 1, outputTokens: 1, costUsd: 0, priceDate: '' };
const answer = (text: string): Answer => ({ ...silent, text, flags: [], cache: 'none', requestHash: 'h' });

const rewritten = async (say: (asked: CaptionRequest) => Observable<Answer>) => {
  const rewriter = makeCaptioner(say, { targets: [], paths: [], notes: [] });
  return (await firstValueFrom(rewriteWith(rewriter, houseStyle())(caption))).draft;
};

test('a rewrite that keeps the facts is taken, in house style', async () => {
  expect(await rewritten(() => of(answer('The image shows a small car moving left')))).toMatchObject({
    text: 'A small car moving left.',
    flags: ['rewritten'],
  });
});

test('one that changes a direction is refused', async () => {
  expect(await rewritten(() => of(answer('A small car moving right.')))).toMatchObject({
    text: caption.draft!.text,
    flags: ['rewrite_refused'],
  });
});

test('a rewriter that fails costs no caption', async () => {
  expect(await rewritten(() => throwError(() => new Error('gone')))).toMatchObject({
    text: caption.draft!.text,
    flags: ['rewrite_failed'],
  });
});

test('the rewriter gets the tidied words and no picture', async () => {
  let seen: CaptionRequest | undefined;
  await rewritten((asked) => {
    seen = asked;
    return of(answer('A small car moving left.'));
  });
  expect(seen!.prompt.user).toBe(caption.draft!.text);
  expect(seen!.image.bytes.byteLength).toBe(0);
});
