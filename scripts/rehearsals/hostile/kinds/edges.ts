import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type HostileCase, moduleCommand, saccadeCommand } from '../hostileCase.ts';

/** Fields, headers and sizes that cannot be: one message or packet among good ones. */
const overRaw = (name: string, headers: string, message: RegExp, key = "'cam'"): HostileCase => ({
  name: `raw message with ${name}`,
  prepare: async () =>
    moduleCommand(`
      import { packetDecoder } from 'src/consume/kafka/packetDecoder.ts';
      import { decodeSensor } from 'src/decode/decodeSensor.ts';
      import { allFormats } from 'src/decode/allFormats.ts';
      const read = packetDecoder({ wire: 'raw', raw: { encoding: 'libcaer', width: 64, height: 48 } });
      const decode = decodeSensor(allFormats);
      for (const [offset, headers] of [{}, ${headers}, {}].entries()) {
        const packet = await read({ key: Buffer.from(${key}), value: Buffer.from([1, 0, 0, 0, offset, 0, 0, 0]), offset: String(offset), headers });
        try {
          const position = { source: 't', unit: 'offset', partition: 0, first: offset, end: offset + 1 };
          console.log(decode({ ...packet, position, ack() {} }).events.length + ' event');
        } catch (error) { console.log(error.code + ' ' + error.message); }
      }`),
  exitCode: 0,
  message,
});

const refusedAround = (what: string): RegExp => new RegExp(`1 event\nDECODE_MALFORMED .*${what}.*\n1 event`);

/** A packet set of one packet, with a size. */
const sized = (width: number, height: number): HostileCase => ({
  name: `packet of a sensor of ${width} x ${height}`,
  async prepare(folder) {
    await writeFile(join(folder, 'a.bin'), new Uint8Array(Uint32Array.of(1, 0, 1, 5).buffer));
    const line = { seq: 0, time_base: 0, encoding: 'libcaer', width, height, offset: 0, length: 16 };
    await writeFile(join(folder, 'a.jsonl'), `${JSON.stringify(line)}\n`);
    return moduleCommand(`
      import { decodeSensor } from 'src/decode/decodeSensor.ts';
      import { allFormats } from 'src/decode/allFormats.ts';
      import { recording } from 'src/consume/sources/recording.ts';
      const decode = decodeSensor(allFormats);
      for await (const packet of recording({ file: ${JSON.stringify(join(folder, 'a.jsonl'))} }).packets(new AbortController().signal)) {
        try { decode(packet); } catch (error) { console.log(error.code + ' ' + error.message); }
      }`);
  },
  exitCode: 0,
  message: /DECODE_MALFORMED .* a sensor of .* pixels is larger than any/,
});

export const cases: readonly HostileCase[] = [
  overRaw('time-base-ns 1.5', `{ 'time-base-ns': '1.5' }`, refusedAround("found '1.5'")),
  overRaw('width 1e8', `{ width: '1e8' }`, refusedAround("found '1e8'")),
  overRaw('a megabyte of digits', `{ seq: '1'.repeat(2 ** 20) }`, refusedAround('at most 256 bytes')),
  overRaw('two widths', `{ width: ['640', '320'] }`, refusedAround('comes 2 times')),
  overRaw('a time base in the year 2262', `{ 'time-base-ns': '9223372036854775807' }`, refusedAround('mostly damage')),
  overRaw('a key of a megabyte', '{}', /1 event\n1 event\n1 event/, `'k'.repeat(2 ** 20)`),
  sized(65_535, 65_535),
  sized(1e8, 1e8),
  {
    name: 'line of a packet set that claims 4 TB',
    async prepare(folder) {
      await writeFile(join(folder, 'a.bin'), new Uint8Array(16));
      const line = { seq: 0, encoding: 'libcaer', width: 64, height: 48, offset: 0, length: 4e12 };
      await writeFile(join(folder, 'a.jsonl'), `${JSON.stringify(line)}\n`);
      return saccadeCommand('inspect', join(folder, 'a.jsonl'));
    },
    exitCode: 2,
    message: /line 1: a packet of 4000000000000 bytes, more than limits\.chunkBytes/,
  },
  {
    name: 'Avro message whose length has 200 bytes, then a good one',
    prepare: async () =>
      moduleCommand(`
        import { decoder, encoder } from 'src/avro/wireFormat.ts';
        const good = encoder('event-packet', Buffer.alloc(0)).encode({ sensor: 'cam', seq: 1, encoding: 'evt3', width: 4, height: 3, timeBaseNs: 0, capturedAtUs: null, events: Buffer.of(1, 2) });
        const read = decoder('event-packet', 'plain');
        const bad = Buffer.concat([good.subarray(0, good.length - 3), Buffer.alloc(200, 0x80), Buffer.of(0)]);
        try { read(bad); } catch (error) { console.log(error.code + ' ' + error.message); }
        console.log(read(good).events.length + ' bytes');`),
    exitCode: 0,
    message: /INPUT_UNREADABLE .*\n2 bytes/,
  },
];
