/*
  What is done of a partition, in as few bytes as possible

    progress  = count (uvarint) | sensor* | offsets of rejected packets | { late | silence* }?
    late      = offsets of packets whose late events have a dead letter
    silence   = number of the sensor in this list (uvarint) | offsets at which the idle timeout ended its windows
    offsets   = count (uvarint) | { offset, minus the one before (uvarint) }*; the first one minus the committed offset
    sensor    = hash (4 bytes) | 2 · number of runs + has watermark (uvarint) | read from, minus the committed offset (uvarint)
              | watermark? | run*
    watermark = start, minus that of the sensor before (svarint) | length, minus that before (svarint)
              | offset, minus where the sensor is read from (svarint)
    run       = first start, minus where the run before ended (svarint) | step (uvarint) | count (uvarint)

  A run stands for `count` starts of done windows, `step` microseconds apart.
*/
import { PipelineError } from '../../errors.ts';
import type { CommittedProgress, CommittedSensor, LowWatermark } from './committedProgress.ts';
import { putSigned, putUnsigned, varintReader } from './varintReader.ts';

/** The bytes of a progress without its position, which the commit itself has. */
export function encodeProgress({ position, sensors, rejected, late }: CommittedProgress): Buffer {
  const bytes: number[] = [];
  putUnsigned(bytes, sensors.length);
  let before: LowWatermark = { start: 0, end: 0, offset: 0 };
  const inOrder = sensors.toSorted((a, b) => (a.watermark?.start ?? 0) - (b.watermark?.start ?? 0));
  for (const sensor of inOrder) before = putSensor(bytes, sensor, before, position);
  putOffsets(bytes, rejected, position);
  // The metadata of earlier versions ends here, and so does metadata without late packets and idle timeouts.
  const hasSilence = sensors.some(({ idleAt }) => idleAt.length > 0);
  if (late.length > 0 || hasSilence) putOffsets(bytes, late, position);
  for (const [number, { idleAt }] of inOrder.entries()) {
    if (idleAt.length === 0) continue;
    putUnsigned(bytes, number);
    putOffsets(bytes, idleAt, position);
  }
  return Buffer.from(bytes);
}

function putOffsets(bytes: number[], offsets: readonly number[], position: number): void {
  putUnsigned(bytes, offsets.length);
  let last = position;
  for (const offset of offsets) {
    putUnsigned(bytes, offset - last);
    last = offset;
  }
}

function putSensor(
  bytes: number[],
  { hash, from, watermark, done }: CommittedSensor,
  before: LowWatermark,
  position: number,
): LowWatermark {
  for (let shift = 24; shift >= 0; shift -= 8) bytes.push((hash >>> shift) & 0xff);
  const runs = runsOf(done);
  putUnsigned(bytes, 2 * runs.length + (watermark ? 1 : 0));
  putUnsigned(bytes, Math.max(0, from - position));
  if (watermark) {
    putSigned(bytes, watermark.start - before.start);
    putSigned(bytes, watermark.end - watermark.start - (before.end - before.start));
    putSigned(bytes, watermark.offset - Math.max(from, position));
  }
  let at = watermark?.start ?? 0;
  for (const { start, step, count } of runs) {
    putSigned(bytes, start - at);
    putUnsigned(bytes, step);
    putUnsigned(bytes, count);
    at = start + step * (count - 1);
  }
  return watermark ?? before;
}

/** Reads what `encodeProgress` wrote. Throws INPUT_UNREADABLE. */
export function decodeProgress(bytes: Buffer, position: number): Omit<CommittedProgress, 'position'> {
  const read = varintReader(bytes);
  let before: LowWatermark = { start: 0, end: 0, offset: 0 };
  const sensors = Array.from({ length: read.unsigned() }, (): CommittedSensor & { idleAt: number[] } => {
    const hash = read.hash();
    const head = read.unsigned();
    const from = position + read.unsigned();
    if (head % 2 === 1) {
      const start = before.start + read.signed();
      const length = before.end - before.start + read.signed();
      before = { start, end: start + length, offset: from + read.signed() };
    }
    const watermark = head % 2 === 1 ? before : undefined;
    const done: number[] = [];
    let at = watermark?.start ?? 0;
    for (let run = Math.floor(head / 2); run > 0; run--) {
      const start = at + read.signed();
      const step = read.unsigned();
      const count = read.unsigned();
      for (let i = 0; i < count; i++) done.push(start + i * step);
      at = start + step * (count - 1);
    }
    return { hash, from, ...(watermark && { watermark }), done, idleAt: [] };
  });
  const offsets = (): number[] => {
    let last = position;
    return Array.from({ length: read.unsigned() }, () => (last += read.unsigned()));
  };
  const rejected = offsets();
  const late = read.isAtEnd() ? [] : offsets();
  while (!read.isAtEnd()) {
    const sensor = sensors[read.unsigned()];
    if (!sensor) throw new PipelineError('INPUT_UNREADABLE', 'the metadata of the commit names a sensor that it does not list');
    sensor.idleAt = offsets();
  }
  return { sensors, rejected, late };
}

/** Ascending numbers as runs of equal steps. */
function runsOf(values: readonly number[]): { start: number; step: number; count: number }[] {
  const runs: { start: number; step: number; count: number }[] = [];
  for (const value of values) {
    const run = runs.at(-1);
    if (run?.count === 1) {
      run.step = value - run.start;
      run.count = 2;
    } else if (run && run.start + run.step * run.count === value) run.count++;
    else runs.push({ start: value, step: 0, count: 1 });
  }
  return runs;
}
