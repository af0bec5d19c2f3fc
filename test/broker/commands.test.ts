import { execFile, spawn } from 'node:child_process';
import { mkdtemp, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { topicArchive } from '../../src/consume/sources/topicArchive.ts';
import { brokers, describeKafka, makeTopic, unique } from './kafka.ts';
import { readTopic } from './readTopic.ts';
import { sensorPackets } from '../rig/sensorPackets.ts';

const run = promisify(execFile);
const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
const saccade = async (...args: string[]): Promise<string> => {
  const { stdout, stderr } = await run(process.execPath, [main, ...args, '--brokers', brokers.join(',')]);
  // No warnings either, of Node or of the client.
  expect(stderr).toBe('');
  return stdout;
};

async function evt3Recording(windows: number): Promise<{ file: string; bytes: Buffer }> {
  const file = join(await mkdtemp(join(tmpdir(), 'saccade-ingest-')), 'cam.raw');
  const bytes = Buffer.concat(sensorPackets(1, windows));
  await writeFile(file, Buffer.concat([Buffer.from('% evt 3.0\n% geometry 320x240\n% end\n'), bytes]));
  return { file, bytes };
}

describeKafka('ingest', () => {
  it('publishes a recording byte for byte, and makes the topic when asked to', async () => {
    const { file, bytes } = await evt3Recording(40);
    const topic = unique('ingested');
    const done = JSON.parse(
      await saccade('ingest', file, '--topic', topic, '--wire', 'raw', '--packet-bytes', '512', '--partitions', '2', '--json'),
    );
    const read = await readTopic(topic);
    expect(done).toMatchObject({ complete: true, packets: read.length });
    expect(Buffer.concat(read.map(({ value }) => value!))).toEqual(bytes);
    expect(read.every(({ headers }) => headers?.['encoding']?.toString() === 'evt3')).toBe(true);
  });

  it('goes on where it was stopped: each packet once', async () => {
    const { file, bytes } = await evt3Recording(60);
    const topic = await makeTopic('ingested');
    const args = [
      main,
      'ingest',
      file,
      '--topic',
      topic,
      '--wire',
      'raw',
      '--packet-bytes',
      '512',
      '--speed',
      '1',
      '--brokers',
      brokers.join(','),
    ];
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    while ((await readTopic(topic)).length < 5) await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill('SIGINT');
    await new Promise((resolve) => child.once('exit', resolve));
    expect((await readTopic(topic)).length).toBeLessThan(bytes.length / 512);
    await saccade('ingest', file, '--topic', topic, '--wire', 'raw', '--packet-bytes', '512');
    expect(Buffer.concat((await readTopic(topic)).map(({ value }) => value!))).toEqual(bytes);
  });
});

describeKafka('sensor', () => {
  it('publishes what simulated cameras see, with the time of the capture', async () => {
    const topic = unique('sensor');
    const begun = Date.now() * 1000;
    const { packets } = JSON.parse(
      await saccade('sensor', '--topic', topic, '--sensors', '2', '--seconds', '0.2', '--wire', 'raw', '--partitions', '2', '--json'),
    ) as { packets: number };
    const read = await readTopic(topic);
    expect(packets).toBe(40);
    expect(read).toHaveLength(40);
    expect(new Set(read.map(({ key }) => key?.toString()))).toEqual(new Set(['synthetic-0', 'synthetic-1']));
    expect(read.every(({ headers }) => Number(headers?.['captured-at-us']?.toString()) > begun)).toBe(true);
  });
});

describeKafka('record', () => {
  it('archives a topic, goes on with what came since, and topicArchive gives the packets back with their positions', async () => {
    const { file } = await evt3Recording(40);
    const topic = await makeTopic('recorded', { partitions: 2 });
    const out = join(await mkdtemp(join(tmpdir(), 'saccade-record-')), 'topic.avro');
    for (const sensor of ['left', 'right']) {
      await saccade('ingest', file, '--topic', topic, '--sensor', sensor, '--packet-bytes', '1024');
      await saccade('record', '--topic', topic, '--out', out);
    }
    const again = JSON.parse(await saccade('record', '--topic', topic, '--out', out, '--json'));
    const read = await readTopic(topic);
    expect(again).toEqual({ messages: read.length, complete: true });
    const packets = [];
    for await (const packet of topicArchive({ file: out }).packets(new AbortController().signal)) packets.push(packet);
    expect(packets.map(({ position }) => `${position.source} ${position.partition} ${position.first}`).toSorted()).toEqual(
      read.map(({ partition, offset }) => `${topic} ${partition} ${offset}`).toSorted(),
    );
    expect(new Set(packets.map(({ sensor }) => sensor))).toEqual(new Set(['left', 'right']));
    expect((await stat(out)).size).toBeGreaterThan(0);
  });
});

describeKafka('doctor', () => {
  it('finds the broker, and says what is not there', async () => {
    const { findings } = JSON.parse(await saccade('doctor', '--json')) as { findings: { what: string; state: string }[] };
    expect(findings).toContainEqual(expect.objectContaining({ what: 'Kafka', state: 'ok' }));
    expect(findings.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['Node', 'disk', 'keys', 'container engine', 'Java and Maven']),
    );
  });

  it('fails when the broker that was named does not answer, and says what to do', async () => {
    const failed = run(process.execPath, [main, 'doctor', '--json', '--brokers', '127.0.0.1:1']);
    const { code, stdout } = await failed.then(
      (done) => ({ code: 0, ...done }),
      (error: { code: number; stdout: string }) => error,
    );
    const { findings } = JSON.parse(stdout) as { findings: object[] };
    expect(code).toBe(1);
    expect(findings).toContainEqual(
      expect.objectContaining({ what: 'Kafka', state: 'broken', advice: expect.stringContaining('--brokers') }),
    );
  });
});
