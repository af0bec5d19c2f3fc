import { InvalidRequest } from '../api/invalidRequest.ts';
import { imagePlaceholder } from '../api/parseRequestJson.ts';
import type { CompletionRequest, VendorApi } from '../api/vendorApi.ts';

/**
 * The bytes of the first image of a request; none where a request may be without one. Throws InvalidRequest.
 * @param base64 of the first image, where it was cut out of the request's JSON
 */
export function requestImage(request: CompletionRequest, base64: string | undefined, allowText: boolean, api: VendorApi): Buffer {
  const [image] = request.images;
  if (!image) {
    if (allowText) return Buffer.alloc(0);
    throw new InvalidRequest('The request holds no image; this upstream describes images only.');
  }
  const bytes = Buffer.from(image.base64 === imagePlaceholder ? (base64 ?? '') : image.base64, 'base64');
  if (bytes.length === 0) throw new InvalidRequest(api.badImage);
  return bytes;
}
