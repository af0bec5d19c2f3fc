import type { VendorApi } from '../../api/vendorApi.ts';
import { bearerToken } from './bearerToken.ts';
import { openaiError } from './openaiError.ts';
import { openaiQuotaHeaders } from './openaiQuotaHeaders.ts';

/** What both APIs of OpenAI have in common. */
export const openaiCommon: Pick<VendorApi, 'credential' | 'usageField' | 'error' | 'quotaHeaders' | 'badImage'> = {
  credential: (headers) => bearerToken(headers.authorization) || String(headers['api-key'] ?? ''),
  usageField: 'usage',
  error: openaiError,
  quotaHeaders: openaiQuotaHeaders,
  badImage:
    "You uploaded an unsupported image. Please make sure your image has of one the following formats: ['png', 'jpeg', 'gif', 'webp'].",
};
