import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildShim } from '../../../../scripts/rehearsals/crash/buildShim.ts';
import { type ControlPage, type Faults, controlPage } from '../../../../scripts/rehearsals/crash/controlPage.ts';
import { type DurableFiles, durableFiles } from '../../../../scripts/rehearsals/crash/durableFiles.ts';

const shim = await buildShim(mkdtempSync(join(tmpdir(), 'saccade-shim-')));
if (shim === undefined) console.warn('skipped: the shim needs Linux and a C compiler (cc)');

/** Draws 0 always: of what was not synced, nothing is left. */
const nothingLeft = (): number => 0;

describe.skipIf(shim === undefined)('the disk of npm run crash (issue 11)', () => {
  let place: { folder: string; journal: string; saved: string };
  let disk: DurableFiles;

  beforeEach(() => {
    const root = mkdtempSync(join(tmpdir(), 'saccade-disk-'));
    place = { folder: join(root, 'files'), journal: join(root, 'journal'), saved: join(root, 'saved') };
    for (const folder of [place.folder, place.saved]) mkdirSync(folder);
    writeFileSync(place.journal, '');
    writeFileSync(join(place.folder, 'old'), 'durable');
    disk = durableFiles(place);
  });

  const contentOf = (name: string): string | undefined =>
    existsSync(join(place.folder, name)) ? readFileSync(join(place.folder, name), 'utf8') : undefined;

  /** Runs a program in the folder, with the shim below it; its output, and what the shim saw. */
  function run(program: string, faults: Faults = {}): { output: string; signal: string | null; control: ControlPage } {
    const control = controlPage(join(place.saved, '..', 'control'), 1, faults);
    const { folder: root, journal, saved } = place;
    const env = { LD_PRELOAD: shim, CRASH_ROOT: root, CRASH_CONTROL: control.path, CRASH_JOURNAL: journal, CRASH_SAVED: saved };
    const begin = `const fs = require('node:fs'); const at = (name) => ${JSON.stringify(root)} + '/' + name; const folder = fs.openSync(process.env.CRASH_ROOT);`;
    const { stdout, signal } = spawnSync(
      process.execPath,
      ['-e', `${begin} try { ${program} } catch (error) { console.log(error.code); }`],
      {
        env: { ...process.env, ...env },
        encoding: 'utf8',
      },
    );
    return { output: stdout.trim(), signal, control };
  }

  it('keeps what was synced, and forgets what was not', () => {
    run(
      `const file = fs.openSync(at('old'), 'a'); fs.writeSync(file, ' synced'); fs.fdatasyncSync(file); fs.writeSync(file, ' not synced');`,
    );
    expect(contentOf('old')).toBe('durable synced not synced');
    disk.losePower(nothingLeft);
    expect(contentOf('old')).toBe('durable synced');
  });

  it('keeps a new file only when its folder was synced too', () => {
    run(`for (const name of ['one', 'two']) {
      const file = fs.openSync(at(name), 'w'); fs.writeSync(file, name); fs.fsyncSync(file); if (name === 'one') fs.fsyncSync(folder);
    }`);
    disk.losePower(nothingLeft);
    expect([contentOf('one'), contentOf('two')]).toEqual(['one', undefined]);
  });

  it('brings back what was renamed over, removed or cut', () => {
    run(`fs.writeFileSync(at('new'), 'new'); fs.renameSync(at('new'), at('old'));`);
    expect(contentOf('old')).toBe('new');
    disk.losePower(nothingLeft);
    expect([contentOf('old'), contentOf('new')]).toEqual(['durable', undefined]);
    run(`fs.unlinkSync(at('old'));`);
    disk.losePower(nothingLeft);
    expect(contentOf('old')).toBe('durable');
    run(`fs.truncateSync(at('old'), 3); fs.writeFileSync(at('old'), '');`);
    disk.losePower(nothingLeft);
    expect(contentOf('old')).toBe('durable');
  });

  it('has lost the pages of a sync that failed, also where a later one says that all is well', () => {
    const { output } = run(
      `const file = fs.openSync(at('old'), 'a'); fs.writeSync(file, ' lost'); try { fs.fsyncSync(file); } catch (error) { console.log(error.code); }
       fs.fsyncSync(file);`,
      { faults: { sync: { after: 0, count: 1, error: 'EIO' } } },
    );
    expect(output).toBe('EIO');
    disk.losePower(nothingLeft);
    // The later one kept the new size.
    expect(contentOf('old')).toBe(`durable${'\0'.repeat(' lost'.length)}`);
  });

  it('is full after so many bytes: the last write is short, the next one fails', () => {
    const program = `const file = fs.openSync(at('new'), 'w'); console.log(fs.writeSync(file, 'x'.repeat(100))); fs.writeSync(file, 'y');`;
    expect(run(program, { spaceLeft: 60 }).output.split('\n')).toEqual(['60', 'ENOSPC']);
  });

  it('ends the process at one call, and not a call later', () => {
    const program = `const file = fs.openSync(at('new'), 'w'); for (let n = 0; n < 9; n++) fs.writeSync(file, String(n));`;
    // The first two calls open the folder and the file.
    const { signal, control } = run(program, { killAt: 7 });
    expect([signal, control.read().calls]).toEqual(['SIGKILL', 7]);
    expect(['0123', '01234']).toContain(contentOf('new'));
  });

  it('shifts the time of day and leaves the monotonic clock', () => {
    const { output } = run(
      `const [day, ticks] = [Date.now(), performance.now()]; const page = fs.openSync(process.env.CRASH_CONTROL, 'r+');
       fs.writeSync(page, BigInt64Array.of(-7200000000000n), 0, 8, 0);
       console.log(Math.round((Date.now() - day) / 3600000), performance.now() - ticks < 3600000);`,
    );
    expect(output).toBe('-2 true');
  });
});
