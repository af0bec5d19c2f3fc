import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Packet } from '../../../src/stage/packet.ts';
import { type RecordingOptions, recording } from '../../../src/consume/sources/recording.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saccade-recording-'));
});
afterAll(() => rm(folder, { recursive: true }));

const data = Uint8Array.from([0, 0x80, 5, 0x60, 7, 0, 3, 0x28]);
const header = (...lines: string[]): Buffer => Buffer.from(lines.map((line) => `% ${line}\n`).join(''));

async function file(name: string, ...parts: Uint8Array[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, Buffer.concat(parts));
  return path;
}

async function read(options: RecordingOptions): Promise<Packet[]> {
  return Array.fromAsync(recording(options).packets(new AbortController().signal));
}

describe('recording', () => {
  it('yields packets whose positions are bytes of the file', async () => {
    const path = await file('a.raw', header('evt 3.0', 'geometry 1280x720', 'end'), data);
    const packets = await read({ file: path, packetBytes: 5 });
    expect(packets.map(({ sensor, seq, encoding, width, height }) => ({ sensor, seq, encoding, width, height }))).toEqual([
      { sensor: 'a', seq: 0, encoding: 'evt3', width: 1280, height: 720 },
      { sensor: 'a', seq: 1, encoding: 'evt3', width: 1280, height: 720 },
    ]);
    const start = header('evt 3.0', 'geometry 1280x720', 'end').length;
    expect(packets.map(({ position }) => [position.source, position.unit, position.first, position.end])).toEqual([
      [path, 'byte', start, start + 5],
      [path, 'byte', start + 5, start + 8],
    ]);
    expect(Buffer.concat(packets.map(({ bytes }) => bytes))).toEqual(Buffer.from(data));
  });

  it('knows the length of the file', async () => {
    const path = await file('b.raw', header('evt 3.0', 'geometry 1280x720'), data);
    expect(await recording({ file: path }).total?.()).toBe(header('evt 3.0', 'geometry 1280x720').length + data.length);
  });

  it('stops reading when it is told to', async () => {
    const path = await file('c.raw', header('evt 3.0', 'geometry 1280x720'), data);
    const stop = new AbortController();
    const seen: Packet[] = [];
    for await (const packet of recording({ file: path, packetBytes: 2 }).packets(stop.signal)) {
      seen.push(packet);
      stop.abort();
    }
    expect(seen).toHaveLength(1);
  });

  it('ends the header where a line does not begin with both a percent sign and a space', async () => {
    const path = await file('d.raw', header('evt 3.0', 'geometry 1280x720'), Uint8Array.from([0x25, 0x80]), data);
    const [packet] = await read({ file: path });
    expect(packet?.bytes[0]).toBe(0x25);
    expect(packet?.bytes).toHaveLength(data.length + 2);
  });

  it.each([
    [['format EVT3;height=480;width=640'], 'evt3', 640, 480],
    [['evt 2.0', 'geometry 346x260'], 'evt2', 346, 260],
    [['system_ID 49'], 'evt3', 1280, 720],
    [['system_ID 21'], 'evt2', 640, 480],
    [['system_ID 26', 'evt 3.0'], 'evt3', 1280, 720],
    [['format EVT3', 'system_ID 40'], 'evt3', 640, 480],
  ])('reads format and size from %j', async (lines, encoding, width, height) => {
    const [packet] = await read({ file: await file('e.raw', header(...lines), data) });
    expect(packet).toMatchObject({ encoding, width, height });
  });

  it('lets the options go before the file', async () => {
    const path = await file('f.raw', header('evt 3.0', 'geometry 1280x720'), data);
    const [packet] = await read({ file: path, width: 100, height: 50, sensor: 'left' });
    expect(packet).toMatchObject({ sensor: 'left', width: 100, height: 50 });
  });

  it('takes bytes without a header for what it is told', async () => {
    const path = await file('g.bin', data);
    const [packet] = await read({ file: path, format: 'evt3', width: 1280, height: 720 });
    expect(packet).toMatchObject({ encoding: 'evt3' });
    expect(packet?.bytes).toHaveLength(data.length);
  });
});

const refusal = async (options: RecordingOptions): Promise<unknown> => read(options).catch((error: unknown) => error);

describe('recording, for a file it cannot read', () => {
  it('says that there is none', async () => {
    expect(await refusal({ file: '/no/such/file.raw' })).toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: '/no/such/file.raw: no such file',
    });
  });

  it('says that it is a folder, or empty', async () => {
    expect(await refusal({ file: folder })).toMatchObject({ code: 'INPUT_UNREADABLE', message: expect.stringContaining('not a file') });
    expect(await refusal({ file: await file('h.raw') })).toMatchObject({ message: expect.stringContaining('the file is empty') });
  });

  it('shows what it begins with', async () => {
    const path = await file('notes.txt', Buffer.from('Dear diary, it rained again today.'));
    expect(await refusal({ file: path })).toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: expect.stringMatching(/notes\.txt: no recording of a known format: it begins with 'Dear diary, it r'.*evt3.*give format/),
    });
  });

  it('shows the header of a format that it does not know', async () => {
    const path = await file('i.raw', header('format HISTO3D;height=320;width=320', 'system_ID 90'), data);
    expect(await refusal({ file: path })).toMatchObject({ message: expect.stringContaining("format 'HISTO3D;height=320;width=320'") });
  });

  it.each([
    [['evt 3.0'], 'no geometry, no system_ID'],
    [['evt 3.0', 'system_ID 4711'], 'an unknown system_ID 4711'],
    [['evt 3.0', 'geometry wide'], "an unreadable geometry 'wide'"],
    [['format EVT3;height=480;width=640', 'geometry 1280x720'], 'geometry 1280x720, format 640x480'],
  ])('says what the header %j lacks', async (lines, found) => {
    const path = await file('j.raw', header(...lines), data);
    const message = expect.stringMatching(new RegExp(`j\\.raw: .*${found}; give width and height`));
    expect(await refusal({ file: path })).toMatchObject({ code: 'INPUT_UNREADABLE', message });
  });

  it.each([
    ['EVT3', () => header('evt 3.0', 'geometry 65535x65535'), data],
    ['EVT2 by its format', () => header('format EVT2;height=65535;width=65535'), data],
    ['DAT', () => header('Version 2', 'Width 65535', 'Height 65535'), Buffer.from([0, 8, ...Array.from({ length: 16 }, () => 0)])],
    ['Event Stream', () => Buffer.from('Event Stream'), Buffer.from([2, 0, 0, 1, 255, 255, 255, 255, 1, 2, 3, 4, 5])],
    ['text', () => Buffer.from('%geometry:65535,65535\n'), Buffer.from('0.1 1 2 1\n0.2 1 2 0\n')],
  ])('is refused at once where its header claims a sensor that cannot be: %s (issue 11)', async (_what, head, rest) => {
    const path = await file('vast.bin', head(), rest);
    const message = expect.stringMatching(/vast\.bin: a sensor of 65535 x 65535 pixels is larger than any .*header.*give width and height/);
    expect(await refusal({ file: path })).toMatchObject({ code: 'INPUT_UNREADABLE', message });
    expect(await refusal({ file: path, width: 640, height: 480 })).toMatchObject([{ width: 640, height: 480 }]);
  });

  it('says that nothing follows the header', async () => {
    const path = await file('k.raw', header('evt 3.0', 'geometry 1280x720'));
    expect(await refusal({ file: path })).toMatchObject({ message: expect.stringContaining('ends with its header') });
  });

  it('refuses options that cannot be, at construction', () => {
    expect(() => recording({ file: 'x.raw', packetBytes: 0 })).toThrow(/recording\.packetBytes/);
  });
});
