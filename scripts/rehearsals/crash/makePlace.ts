import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { synthetic } from '../../../src/consume/sources/synthetic.ts';
import type { JobSettings } from './jobSettings.ts';
import type { Place } from './startProcess.ts';

/** A round's empty folders, always at the same place: a reference run has the same paths in its records. */
export async function makePlace(root: string, shim: string, settings: Omit<JobSettings, 'folder'>): Promise<Place> {
  const round = join(root, 'round');
  const place = {
    shim,
    job: { ...settings, folder: join(round, 'files') },
    journal: join(round, 'journal'),
    saved: join(round, 'saved'),
    acks: join(round, 'acks'),
  };
  await rm(round, { recursive: true, force: true });
  await mkdir(join(place.job.folder, 'in'), { recursive: true });
  await mkdir(place.saved);
  await writeFile(place.journal, '');
  await writeFile(place.acks, '');
  if (settings.source === 'recording') await writeFile(join(place.job.folder, 'in', 'recording.raw'), await recordingBytes());
  return place;
}

/** A second of a small camera, as a Prophesee camera would record it. */
async function recordingBytes(): Promise<Buffer> {
  const camera = synthetic({ width: 64, height: 48, seconds: 1.2, hotPixels: 0, noiseHz: 0, quiet: { fromMs: 400, toMs: 500 } });
  const parts: Uint8Array[] = [Buffer.from('% evt 3.0\n% format EVT3;height=48;width=64\n% geometry 64x48\n% end\n')];
  for await (const { bytes } of camera.packets(new AbortController().signal)) parts.push(bytes);
  return Buffer.concat(parts);
}
