import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTopicArchive } from '../../../src/consume/recordings/writeTopicArchive.ts';
import { recording } from '../../../src/consume/sources/recording.ts';
import { synthetic } from '../../../src/consume/sources/synthetic.ts';
import { topicArchive } from '../../../src/consume/sources/topicArchive.ts';
import { sourceContract } from '../source.contract.ts';

const newPath = async (name: string): Promise<string> => join(await mkdtemp(join(tmpdir(), 'saccade-source-')), name);

sourceContract('recording', async () => {
  const file = await newPath('a.raw');
  const header = Buffer.from('% evt 3.0\n% geometry 1280x720\n% end\n');
  await writeFile(file, Buffer.concat([header, Uint8Array.from({ length: 100 }, (_, i) => i)]));
  return { source: recording({ file, packetBytes: 16 }) };
});

sourceContract('synthetic', async () => ({ source: synthetic({ width: 64, height: 48, seconds: 0.1, sensors: 2 }) }));

sourceContract('topicArchive', async () => {
  const file = await newPath('topic.avro');
  const archive = await writeTopicArchive(file);
  for (let i = 0; i < 10; i++) {
    const place = { topic: 'packets', partition: i % 2, offset: i >> 1, timestampMs: 1000 + i };
    await archive.add({
      ...place,
      key: Buffer.from(`cam-${i % 2}`),
      value: Buffer.from([i, 2, 3]),
      headers: { encoding: Buffer.from('evt3') },
    });
  }
  await archive.close();
  return { source: topicArchive({ file, wire: 'raw' }) };
});
