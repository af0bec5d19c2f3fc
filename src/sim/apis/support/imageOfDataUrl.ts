import { InvalidRequest } from '../../api/invalidRequest.ts';
import type { RequestImage } from '../../api/vendorApi.ts';

/** The image of an OpenAI request: `data:image/png;base64,...`. The simulator fetches no addresses. Throws InvalidRequest. */
export function imageOfDataUrl(url: unknown, detail: unknown): RequestImage {
  if (typeof url !== 'string') throw new InvalidRequest("Missing required parameter: 'image_url.url'.");
  const comma = url.indexOf(',');
  const head = /^data:([\w/+.-]+);base64$/.exec(url.slice(0, Math.min(comma, 100)));
  if (!head) throw new InvalidRequest('Invalid image URL: expected a base64-encoded data URL with an image MIME type.');
  if (detail !== undefined && !['auto', 'low', 'high', 'original'].includes(detail as string)) {
    throw new InvalidRequest(`Invalid value for 'detail': ${JSON.stringify(detail)}.`);
  }
  return { base64: url.slice(comma + 1), mediaType: head[1]!, detail: (detail as string | undefined) ?? 'auto' };
}
