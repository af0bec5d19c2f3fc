import { join } from 'node:path';
import type { Reference } from './compareWithReference.ts';
import { type Seen, controlPage } from './controlPage.ts';
import type { ForeignReaders } from './foreignReaders.ts';
import { inspectFiles } from './inspectFiles.ts';
import { type Place, ackedLines, startProcess } from './startProcess.ts';

/** What a job writes that nothing disturbs, and how it goes about it. */
export interface ReferenceRun extends Reference {
  readonly seen: Seen;
  readonly acks: number;
}

export async function referenceRun(place: Place, readers: ForeignReaders): Promise<ReferenceRun> {
  const control = controlPage(join(place.saved, '..', 'control-reference'), 1, {});
  const { code, stderr } = await startProcess(place, { control, workers: 0 }).ended;
  if (code !== 0) throw new Error(`an undisturbed run ended with ${code}: ${stderr}`);
  const found = await inspectFiles(place, readers, true);
  const acks = ackedLines(place).length;
  const faults = [...found.lost, ...found.doubled, ...found.unreadable];
  if (faults.length > 0) throw new Error(`an undisturbed run is at fault: ${faults.slice(0, 3).join('; ')}`);
  if (acks !== found.captions.length + found.deadLetters.length)
    throw new Error(`an undisturbed run called ${acks} acked, and wrote ${found.captions.length} and ${found.deadLetters.length}`);
  return { ...found, seen: control.read(), acks };
}
