import { createHash } from 'node:crypto';
import type { CaptionRequest } from '../../../src/interpret/captionRequest.ts';

let count = 0;

/** A request with a picture of its own; `bytes` decides which picture. */
export function request(over: Partial<CaptionRequest> & { picture?: string } = {}): CaptionRequest {
  const { picture = `picture ${count++}`, ...rest } = over;
  const bytes = Buffer.from(picture);
  return {
    id: `frame-${picture}`,
    sensor: 'cam',
    image: { bytes, mediaType: 'image/png', width: 346, height: 260, sha256: createHash('sha256').update(bytes).digest('hex') },
    window: { start: 0, end: 33_000, closedBy: 'time', count: 1000, on: 500, width: 346, height: 260, capturedAtUs: 0 },
    prompt: { system: 'You see event frames.', user: 'Describe "this" frame.', maxOutputTokens: 80, hash: 'feedfeedfeedfeed' },
    route: [],
    deadlineMs: Infinity,
    ...rest,
  };
}
