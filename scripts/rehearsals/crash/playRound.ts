import { join } from 'node:path';
import { compareWithReference } from './compareWithReference.ts';
import { controlPage } from './controlPage.ts';
import { disturb } from './disturb.ts';
import { type Disturbance, type DisturbanceName, disturbanceNames, drawDisturbance, undisturbed } from './disturbances.ts';
import type { Draw } from './draw.ts';
import { durableFiles } from './durableFiles.ts';
import { explainEnd } from './explainEnd.ts';
import type { ForeignReaders } from './foreignReaders.ts';
import { inspectFiles } from './inspectFiles.ts';
import type { ReferenceRun } from './referenceRun.ts';
import { type Place, ackedLines, startProcess } from './startProcess.ts';
import type { Tally } from './tally.ts';
import type { PaidPictures } from './paidPictures.ts';

export interface RoundOptions {
  readonly place: Place;
  readonly draw: Draw;
  readonly only: readonly Exclude<DisturbanceName, 'none'>[];
  readonly usual: ReferenceRun;
  readonly readers: ForeignReaders;
  readonly paid: PaidPictures;
  readonly tally: Tally;
}

/** More undisturbed processes than any state needs to be completed. */
const ATTEMPTS = 3;

/** One job, disturbed up to three times and then left alone until it is complete; the files are looked at after each process. */
export async function playRound({ place, draw, only, usual, readers, paid, tally }: RoundOptions): Promise<void> {
  const disk = durableFiles({ folder: place.job.folder, journal: place.journal, saved: place.saved });
  const names = only.length > 0 ? only : disturbanceNames;
  const controlPath = (name: string): string => join(place.saved, '..', `control-${name}`);

  /** Returns whether the job is complete. */
  const runOnce = async (disturbance: Disturbance): Promise<boolean> => {
    const control = controlPage(controlPath('first'), draw(2 ** 31), disturbance.faults);
    const before = paid.begin(ackedLines(place));
    const { workers, openFiles, workerEnd } = disturbance;
    const subject = startProcess(place, { control, workers, ...(openFiles && { openFiles }), ...(workerEnd && { workerEnd }) });
    const startSecond = () => startProcess(place, { control: controlPage(controlPath('second'), draw(2 ** 31), {}), workers: 0 });
    const { reached, second } = await disturb(disturbance, subject, place, control, startSecond);
    const ended = await subject.ended;
    const seen = control.read();
    tally.process(disturbance, reached, seen, ended);
    tally.note('unclear', explainEnd(ended, disturbance, seen));
    if (second) tally.second(second);
    tally.paidTwice(before.paidAgain());
    disk.follow();
    if (disturbance.powerFails) tally.powerFailure(disk.losePower(draw));
    const isComplete = ended.code === 0 && !second && disturbance.action !== 'terminate';
    const found = await inspectFiles(place, readers, isComplete);
    tally.inspected(found, ackedLines(place).length);
    return isComplete;
  };

  for (let n = 1 + draw(3); n > 0; n--) await runOnce(drawDisturbance(draw, names, usual.seen, usual.acks));
  for (let n = 0; n < ATTEMPTS; n++) if (await runOnce(undisturbed(draw))) break;
  const found = await inspectFiles(place, readers, true);
  tally.inspected(found, ackedLines(place).length);
  const differences = compareWithReference(found, usual, place.job.simulator === undefined);
  for (const difference of differences) tally.note('different', difference);
}
