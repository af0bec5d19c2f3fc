import { spawnSync } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { avroFile } from '../../../../src/publish/sinks/avroFile.ts';
import { smallPipeline } from '../files/smallPipeline.ts';
import { type HostileCase, saccadeCommand } from '../hostileCase.ts';

/** A run whose outputs lie where something else is already. `before` may also be a run of the same pipeline, and what happens to its file after. */
const output = (
  name: string,
  parts: string,
  before: (folder: string, run: () => void) => unknown,
  exitCode: number,
  message: RegExp,
): HostileCase => ({
  name,
  async prepare(folder) {
    const command = saccadeCommand('run', await smallPipeline(folder, parts));
    await before(folder, () => void spawnSync(process.execPath, ['--no-warnings', ...command.args], { cwd: folder }));
    return command;
  },
  exitCode,
  message,
});

const changed = async (file: string, change: (bytes: Buffer) => Buffer): Promise<void> => writeFile(file, change(await readFile(file)));
const flipped = (bytes: Buffer): Buffer => {
  const at = Math.floor(0.9 * bytes.length);
  bytes[at] = bytes[at]! ^ 1;
  return bytes;
};
const AVRO = `sink: avroFile({ path: 'captions.avro' })`;

/** Outputs that are not what a run expects. */
export const cases: readonly HostileCase[] = [
  output(
    'a settings file in the place of the captions',
    '',
    (folder) => writeFile(join(folder, 'captions.jsonl'), '{"lens":"4 mm"}'),
    2,
    /no record/,
  ),
  output('a text in the place of the captions', '', (folder) => writeFile(join(folder, 'captions.jsonl'), 'Dear diary\n'), 2, /no record/),
  output(
    'a picture in the place of an Avro file',
    AVRO,
    (folder) => writeFile(join(folder, 'captions.avro'), Buffer.from('89504e470d0a1a0a', 'hex')),
    2,
    /captions\.avro/,
  ),
  output('a folder in the place of the captions', '', (folder) => mkdir(join(folder, 'captions.jsonl')), 2, /captions\.jsonl/),
  output(
    'a pipe in the place of the captions',
    '',
    (folder) => spawnSync('mkfifo', [join(folder, 'captions.jsonl')]),
    2,
    /captions\.jsonl/,
  ),
  output('a device that is always full', `sink: jsonl({ path: '/dev/full' })`, () => {}, 2, /\/dev\/full/),
  output('a link to itself', '', (folder) => symlink('captions.jsonl', join(folder, 'captions.jsonl')), 1, /captions\.jsonl/),
  output('a folder that cannot be made', `sink: jsonl({ path: '/proc/nowhere/captions.jsonl' })`, () => {}, 1, /\/proc\/nowhere/),
  output('a path with a NUL', `sink: jsonl({ path: 'a\\0b' })`, () => {}, 2, /path/),
  output(
    'one file for captions and dead letters',
    `deadLetters: jsonl({ path: './captions.jsonl' })`,
    () => {},
    2,
    /sink and pipeline\.deadLetters both write/,
  ),
  output(
    'the same by a link',
    `deadLetters: jsonl({ path: 'link.jsonl' })`,
    (folder) => symlink('captions.jsonl', join(folder, 'link.jsonl')),
    1,
    /captions\.jsonl is being written/,
  ),
  output(
    'a file that another run is writing',
    AVRO,
    (folder) => avroFile({ path: join(folder, 'captions.avro') }).open!(),
    1,
    /another run/,
  ),
  output(
    'one flipped bit in the middle',
    AVRO,
    async (folder, run) => (run(), changed(join(folder, 'captions.avro'), flipped)),
    1,
    /damaged|was written/,
  ),
  output(
    'a torn end',
    AVRO,
    async (folder, run) => (run(), changed(join(folder, 'captions.avro'), (bytes) => bytes.subarray(0, -7))),
    0,
    /captioned/,
  ),
  output('a torn header', AVRO, (folder) => writeFile(join(folder, 'captions.avro'), 'Obj\x01'), 0, /20 captioned/),
  output(
    'the output of another renderer',
    '',
    async (folder, run) => (
      run(),
      changed(join(folder, 'captions.jsonl'), (bytes) => Buffer.from(bytes.toString().replaceAll('"configHash":"', '"configHash":"0')))
    ),
    2,
    /--into|another/,
  ),
];
