import { createHash } from 'node:crypto';
import type { VendorApi } from '../api/vendorApi.ts';
import type { ErrorFault } from '../faults/faultNames.ts';
import type { VendorSettings } from '../options/simulatorOptions.ts';

/** A key as the vendor knows it. */
export interface Credential {
  readonly alias: string;
  readonly state: 'live' | 'dead' | 'spent';
  readonly quota?: VendorSettings['quota'];
}

/** A known key, any key where none are listed, or a dead one. */
export function credentialOf(settings: VendorSettings, presented: string): Credential {
  if (presented === '') return { alias: '', state: 'dead' };
  const alias = createHash('sha256').update(presented).digest('hex').slice(0, 8);
  if (!settings.keys) return { alias, state: 'live' };
  const known = settings.keys.find(({ key }) => key === presented);
  return known ? { alias: known.alias ?? alias, state: known.state, quota: known.quota } : { alias, state: 'dead' };
}

/** How a dead key is refused. Google calls a wrong key an invalid argument. */
export const deadKeyFault = (api: VendorApi, presented: string): ErrorFault =>
  api.usageField !== 'usageMetadata' ? 'credential' : presented === '' ? 'permission' : 'credential_as_400';
