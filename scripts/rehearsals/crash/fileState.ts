import type { Draw } from './draw.ts';

/** The content of a file as programs see it, as it is on the disk, and the pages in which these may differ. */
export interface FileState {
  current: Buffer;
  durable: Buffer;
  readonly dirty: Set<number>;
}

const PAGE = 4096;

export const wholeState = (content: Buffer): FileState => ({ current: content, durable: Buffer.from(content), dirty: new Set() });

export function writeState(state: FileState, offset: number, data: Buffer): void {
  const end = offset + data.length;
  state.current = Buffer.from(resized(state.current, Math.max(state.current.length, end)));
  data.copy(state.current, offset);
  touch(state, offset, end);
}

export function cutState(state: FileState, size: number): void {
  const before = state.current.length;
  state.current = resized(state.current, size);
  touch(state, Math.min(before, size), Math.max(before, size));
}

/** All dirty pages, and the size, are on the disk. */
export function syncState(state: FileState): void {
  state.durable = Buffer.from(resized(state.durable, state.current.length));
  for (const page of state.dirty) copyPage(state.current, state.durable, page);
  state.dirty.clear();
}

/** As Linux does when a sync fails: the pages are not on the disk, and no later sync brings them there. */
export const forgetPages = ({ dirty }: FileState): void => dirty.clear();

/** What is there when the machine comes back: nothing that was not synced, all of it, or some of its pages and any of its sizes. */
export function afterPowerFailure({ current, durable, dirty }: FileState, draw: Draw): Buffer {
  const how = draw(4);
  if (how === 0) return durable;
  const sizes = [durable.length, current.length, Math.ceil(durable.length / PAGE) * PAGE + PAGE * draw(3)];
  const size =
    dirty.size === 0 ? durable.length : how === 1 ? current.length : Math.min(sizes[draw(3)]!, Math.max(durable.length, current.length));
  const left = Buffer.from(resized(durable, size));
  const written = resized(current, size);
  for (const page of dirty) if (how === 1 || draw(2) === 0) copyPage(written, left, page);
  return left;
}

/** Bytes that were never written are zeros. */
const resized = (content: Buffer, size: number): Buffer =>
  size <= content.length ? content.subarray(0, size) : Buffer.concat([content, Buffer.alloc(size - content.length)]);

function touch({ dirty }: FileState, from: number, to: number): void {
  for (let page = Math.floor(from / PAGE); page * PAGE < Math.max(to, from + 1); page++) dirty.add(page);
}

/** A page that was cut off again is in neither. */
function copyPage(from: Buffer, to: Buffer, page: number): void {
  if (page * PAGE < from.length) from.copy(to, page * PAGE, page * PAGE, (page + 1) * PAGE);
}
