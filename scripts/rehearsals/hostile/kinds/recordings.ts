import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type HostileCase, saccadeCommand } from '../hostileCase.ts';

/** Files that are no recordings, or pretend to be. */
export const cases: readonly HostileCase[] = [
  {
    name: 'a sensor of 65535 x 65535 pixels in a header, and one event',
    async prepare(folder) {
      const file = join(folder, 'vast.raw');
      await writeFile(file, '% evt 3.0\n% geometry 65535x65535\n% end\n\x00\x80\x00\x60\x00\x00\x00\x20', 'latin1');
      return saccadeCommand('inspect', file);
    },
    exitCode: 2,
    message: /65535/,
  },
  {
    name: 'a folder in the place of a recording',
    prepare: async (folder) => saccadeCommand('inspect', folder),
    exitCode: 2,
    message: /not a file/,
  },
];
