import { type HostileCase, moduleCommand } from '../hostileCase.ts';

/** What a vendor may answer. */
export const cases: readonly HostileCase[] = [
  {
    name: 'broken JSON with 1 MB of spaces',
    prepare: async () =>
      moduleCommand(`import { lenientJson } from 'src/interpret/structured/lenientJson.ts';
        lenientJson('{a: x' + ' '.repeat(1e6) + 'y}');
        console.log('read');`),
    exitCode: 0,
    message: /read/,
  },
];
