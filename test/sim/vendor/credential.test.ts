import { expect, it } from 'vitest';
import { readOptions } from '../../../src/readOptions.ts';
import { vendorOptions } from '../../../src/sim/options/simulatorOptions.ts';
import { credentialOf } from '../../../src/sim/vendor/credential.ts';

it('takes any key where none are listed, and only listed ones else; no key is shown in full', () => {
  const open = readOptions('vendor', vendorOptions, {});
  expect(credentialOf(open, 'sk-secret')).toEqual({ alias: expect.stringMatching(/^[0-9a-f]{8}$/), state: 'live' });
  expect(credentialOf(open, '')).toEqual({ alias: '', state: 'dead' });
  const listed = readOptions('vendor', vendorOptions, {
    keys: [
      { key: 'sk-one', alias: 'one' },
      { key: 'sk-two', state: 'spent' },
    ],
  });
  expect(credentialOf(listed, 'sk-one')).toMatchObject({ alias: 'one', state: 'live' });
  expect(credentialOf(listed, 'sk-two')).toMatchObject({ alias: expect.stringMatching(/^[0-9a-f]{8}$/), state: 'spent' });
  expect(credentialOf(listed, 'sk-other').state).toBe('dead');
});
