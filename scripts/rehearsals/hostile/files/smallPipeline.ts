import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A pipeline of one second of a small synthetic sensor that asks no model, as a module in `folder`. `parts` are further parts of it, in which
 * `renamed(source, name)` gives the sensor another name.
 */
export async function smallPipeline(folder: string, parts: string): Promise<string> {
  const file = join(folder, 'pipeline.mjs');
  const entry = new URL('../../../../src/index.ts', import.meta.url).href;
  await writeFile(
    file,
    `import { avroFile, definePipeline, frameFolder, jsonl, motion, polarity, synthetic, tumbling } from '${entry}';
const renamed = (source, sensor) => ({ ...source, async *packets(signal) { for await (const packet of source.packets(signal)) yield { ...packet, sensor }; } });
export default definePipeline({
  source: synthetic({ seed: 1, seconds: 1, width: 64, height: 64 }), window: tumbling({ everyMs: 50 }), renderer: polarity(),
  quietBelow: 0, captioner: motion(), sink: jsonl({ path: 'captions.jsonl' }), deadLetters: jsonl({ path: 'dead.jsonl' }), workers: 0,
  ...{ ${parts} },
});
void [avroFile, frameFolder, renamed];
`,
  );
  return file;
}
