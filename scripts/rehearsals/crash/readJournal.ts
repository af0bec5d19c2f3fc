import { readFileSync } from 'node:fs';

/** One line of the shim's journal (`struct header` of faultShim.c). */
export interface JournalEntry {
  /** Made, written, cut, synced, sync failed, renamed or removed. */
  readonly op: 'C' | 'W' | 'T' | 'S' | 'F' | 'R' | 'U';
  readonly inode: number;
  readonly offset: number;
  /** The number under which a file was kept whose name went; 0: none. */
  readonly savedAs: number;
  readonly path: string;
  readonly data: Buffer;
}

const HEADER_BYTES = 40;

/** The whole entries; a process that was killed may have left a part of one. */
export function readJournal(path: string): JournalEntry[] {
  const file = readFileSync(path);
  const entries: JournalEntry[] = [];
  for (let at = 0; at + HEADER_BYTES <= file.length;) {
    const size = file.readUInt32LE(at);
    if (at + size > file.length) break;
    const pathEnd = at + HEADER_BYTES + file.readUInt32LE(at + 32);
    entries.push({
      op: String.fromCharCode(file.readUInt32LE(at + 4)) as JournalEntry['op'],
      inode: Number(file.readBigUInt64LE(at + 8)),
      offset: Number(file.readBigInt64LE(at + 16)),
      savedAs: Number(file.readBigInt64LE(at + 24)),
      path: file.toString('utf8', at + HEADER_BYTES, pathEnd),
      data: Buffer.from(file.subarray(pathEnd, at + size)),
    });
    at += size;
  }
  return entries;
}
