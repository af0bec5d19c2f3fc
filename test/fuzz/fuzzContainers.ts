import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError } from '../../src/errors.ts';
import { allContainers } from '../../src/consume/allContainers.ts';
import { openRecording } from '../../src/consume/recordings/openRecording.ts';
import { containerSeeds } from './containerSeeds.ts';
import { type Random, makeRandom, mutate } from './mutate.ts';

/*
  node test/fuzz/fuzzContainers.ts SEED COUNT FOLDER
  Reads damaged bags, MCAP, HDF5 and SQLite files to their ends. Prints one line of JSON before each, so that who kills this
  process knows which one never ended, and one for each that is not met: by packets, or by one INPUT_UNREADABLE.
*/

const HANG_MS = 5000;
const MOST_MIB = 512;

/** Numbers that lengths, places and counts are replaced by. */
const TELLING = [0n, 1n, 8n, 24n, 100n, 0x7fffffffn, 0xffffffffn, 0xfffffff8n, 1n << 40n, (1n << 63n) - 1n, (1n << 64n) - 1n];

/** Damage to a number in the file: more is done by it than by damage anywhere. */
function lie(bytes: Uint8Array, random: Random): Uint8Array {
  const out = Buffer.from(bytes);
  for (let left = 1 + random(3); left > 0; left--) {
    const at = random(Math.max(1, out.length - 8));
    const value = random(3) === 0 ? BigInt(random(out.length)) : TELLING[random(TELLING.length)]!;
    if (random(2) === 0) out.writeUInt32LE(Number(value & 0xffffffffn), at);
    else out.writeBigUInt64LE(value, at);
  }
  return out;
}

async function fault(path: string, format: string): Promise<string | undefined> {
  const started = performance.now();
  try {
    const recording = await openRecording({ formats: [], containers: allContainers }, { file: path, packetBytes: 65_536, format });
    for await (const { bytes } of recording.packets(new AbortController().signal))
      if (!(bytes instanceof Uint8Array)) return 'gives no bytes';
  } catch (error) {
    if (!(error instanceof PipelineError) || error.code !== 'INPUT_UNREADABLE')
      return `throws ${error instanceof Error ? error.stack : String(error)}`;
    if (error.message.length > 1000) return `says ${error.message.length} characters`;
  }
  const ms = performance.now() - started;
  if (ms > HANG_MS) return `takes ${ms.toFixed(0)} ms`;
  const mebibytes = process.resourceUsage().maxRSS / 1024;
  return mebibytes > MOST_MIB ? `has taken ${mebibytes.toFixed(0)} MiB` : undefined;
}

const [seed, count, folder] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]!];
const random = makeRandom(seed);
const seeds = await containerSeeds();
for (let i = 0; i < count; i++) {
  const { name, bytes } = seeds[i % seeds.length]!;
  const damaged = random(4) === 0 ? mutate(bytes, random, seeds[random(seeds.length)]!.bytes) : lie(bytes, random);
  const path = join(folder, 'damaged.bin');
  await writeFile(path, damaged);
  console.log(JSON.stringify({ i, name }));
  const what = await fault(path, name);
  if (what !== undefined) console.log(JSON.stringify({ i, name, fault: what, bytes: Buffer.from(damaged).toString('base64') }));
}
