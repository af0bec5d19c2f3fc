import { randomUUID } from 'node:crypto';
import type { CaptionRequest } from '../captionRequest.ts';
import type { ApiCodec } from './apiCodec.ts';

/** Stands in a body for the base64 of the picture; another in each process, so that no prompt can hold it. */
export const IMAGE = randomUUID();

/** The body of a request: the picture's base64 is written into the gap of the JSON, in one buffer, without JSON.stringify over the picture. */
export function requestBody(codec: Pick<ApiCodec, 'body'>, request: CaptionRequest): Buffer {
  const { bytes } = request.image;
  if (bytes.length === 0) return Buffer.from(JSON.stringify(codec.body(request), withoutImage));
  const json = JSON.stringify(codec.body(request));
  const gap = json.indexOf(IMAGE);
  const before = json.slice(0, gap);
  const after = json.slice(gap + IMAGE.length);
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  const head = Buffer.byteLength(before);
  const body = Buffer.allocUnsafeSlow(head + base64.length + Buffer.byteLength(after));
  body.write(before, 0, 'utf8');
  body.write(base64, head, 'latin1');
  body.write(after, head + base64.length, 'utf8');
  return body;
}

/** A request of words alone, as for a rewriter, has an image without bytes: the part of the content that would hold it is left out. */
const withoutImage = (_name: string, value: unknown): unknown =>
  Array.isArray(value) && value.some((part) => JSON.stringify(part).includes(IMAGE)) ? value.filter((part) => !isImagePart(part)) : value;

/** The innermost list element around the picture: a content part, not the message that holds it. */
const isImagePart = (part: unknown): boolean =>
  JSON.stringify(part).includes(IMAGE) && !Object.values(part as object).some((inner) => Array.isArray(inner));
