import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeEvt3 } from '../../src/decode/encoders/encodeEvt3.ts';
import { makeEvents } from '../../src/decode/events.ts';

/** A Prophesee RAW file of 64x48 pixels: a dot that goes to the right and down for 300 ms. */
export async function evt3Recording(folder: string): Promise<string> {
  const events = makeEvents(3000);
  events.length = 3000;
  for (let i = 0; i < 3000; i++) {
    events.t[i] = 5_000_000 + i * 100;
    events.x[i] = Math.floor((i * 64) / 3000);
    events.y[i] = Math.floor((i * 48) / 3000);
    events.p[i] = i % 2;
  }
  const file = join(folder, 'dot.raw');
  await writeFile(file, Buffer.concat([Buffer.from('% evt 3.0\n% geometry 64x48\n% end\n'), encodeEvt3(events)]));
  return file;
}
