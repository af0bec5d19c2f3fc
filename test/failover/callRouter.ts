import { createHash } from 'node:crypto';
import { firstValueFrom } from 'rxjs';
import sharp from 'sharp';
import { messageOf } from '../../src/errors.ts';
import type { Image } from '../../src/frame/frame.ts';
import type { Attempt } from '../../src/interpret/caption.ts';
import type { Captioner } from '../../src/interpret/captioner.ts';
import type { CaptionRequest } from '../../src/interpret/captionRequest.ts';
import type { FaultyServer } from './faultyServer.ts';
import type { CallResult } from './published/scenario.ts';

export const forms = ['image', 'text'] as const;
export type Form = (typeof forms)[number];

const bytes = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#1e2534' } })
  .png()
  .toBuffer();

const picture = (content: Uint8Array, width: number, height: number): Image => ({
  bytes: content,
  mediaType: 'image/png',
  width,
  height,
  sha256: createHash('sha256').update(content).digest('hex'),
});

const images: Readonly<Record<Form, Image>> = { image: picture(bytes, 64, 48), text: picture(new Uint8Array(), 0, 0) };

let asked = 0;

/** A request as the flow makes it; each with its own id. */
export function requestOf(form: Form, deadlineMs = Infinity, image: Image = images[form]): CaptionRequest {
  const id = String(++asked).padStart(24, '0');
  return {
    id,
    sensor: 'wall',
    image,
    window: { start: 0, end: 33_000, closedBy: 'time', count: 1_000, on: 500, width: 64, height: 48, capturedAtUs: 0 },
    prompt: { system: 'Describe the frame.', user: `What moves in frame ${id}?`, maxOutputTokens: 300, hash: '0123456789abcdef' },
    route: [],
    deadlineMs,
  };
}

/** Makes one call and returns what came of it, an error too; after `limitMs` it is taken for a hang. */
export async function callRouter(captioner: Captioner, server: FaultyServer, form: Form, limitMs: number): Promise<CallResult> {
  const request = requestOf(form);
  const atMs = server.now();
  const ended = (): { atMs: number; ms: number } => ({ atMs, ms: server.now() - atMs });
  const { promise: hang, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('hang')), limitMs + 100);
  try {
    const answer = await Promise.race([firstValueFrom(captioner(request)), hang]);
    const { text, model, inputTokens, outputTokens } = answer;
    return { ...ended(), text, model, inputTokens, outputTokens, failedCostUsd: failedCost(request.route) };
  } catch (error) {
    return { ...ended(), error: messageOf(error), failedCostUsd: failedCost(request.route) };
  } finally {
    clearTimeout(timer);
  }
}

const failedCost = (route: readonly Attempt[]): number =>
  route.filter(({ outcome }) => outcome !== 'ok').reduce((sum, { costUsd }) => sum + (costUsd ?? Number.NaN), 0);
