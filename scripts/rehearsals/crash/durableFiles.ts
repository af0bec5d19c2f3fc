import { readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Draw } from './draw.ts';
import { type FileState, afterPowerFailure, cutState, forgetPages, syncState, wholeState, writeState } from './fileState.ts';
import { type NameChange, undoNames } from './nameChange.ts';
import { readJournal } from './readJournal.ts';

/** What of a folder is on the disk, and what only the kernel has. */
export interface DurableFiles {
  /** Takes in what the processes did since the last call. None may be running. */
  readonly follow: () => void;
  /** The power fails: what was not synced is undone, or in parts. Returns the names of files that were changed or are gone. */
  readonly losePower: (draw: Draw) => string[];
}

interface Paths {
  readonly folder: string;
  readonly journal: string;
  /** Where the shim keeps files that were removed or replaced. */
  readonly saved: string;
}

/**
 * A model of the disk below a folder, fed by the journal of the shim. A file's pages are durable when the file was synced after they
 * were written; a name is when its folder was. What is strict here POSIX leaves open: a file system may keep more, and none must.
 * Folders themselves are durable once made. LMDB writes through a map, which the shim does not see: its folder loses nothing.
 */
export function durableFiles({ folder, journal, saved }: Paths): DurableFiles {
  let states = new Map<number, FileState>();
  let changes: NameChange[] = [];

  /** All that is there counts as durable. */
  const begin = (): void => {
    states = new Map(filesIn(folder).map((path) => [statSync(path).ino, wholeState(readFileSync(path))]));
    changes = [];
    truncateSync(journal);
    for (const name of readdirSync(saved)) rmSync(join(saved, name));
  };

  const follow = (): void => {
    const folders = new Map(foldersIn(folder).map((path) => [statSync(path).ino, path]));
    for (const { op, inode, offset, savedAs, path, data } of readJournal(journal)) {
      const state = states.get(inode);
      if (op === 'C') {
        states.set(inode, wholeState(Buffer.alloc(0)));
        changes.push({ kind: 'made', path });
      } else if (op === 'R') changes.push({ kind: 'renamed', path, from: data.toString(), savedAs });
      else if (op === 'U') changes.push({ kind: 'removed', path, savedAs });
      else if (op === 'S' && folders.has(inode)) changes = changes.filter((change) => join(change.path, '..') !== folders.get(inode));
      else if (op === 'S' && state) syncState(state);
      else if (op === 'F' && state) forgetPages(state);
      else if (op === 'W' && state) writeState(state, offset, data);
      else if (op === 'T' && state) cutState(state, offset);
    }
    // A killed process may have noted a change that it did not make.
    for (const path of filesIn(folder)) {
      const state = states.get(statSync(path).ino);
      if (state) state.current = readFileSync(path);
      else states.set(statSync(path).ino, wholeState(readFileSync(path)));
    }
    truncateSync(journal);
  };

  begin();
  return {
    follow,
    losePower(draw) {
      follow();
      const changed = undoNames(changes, saved, draw);
      for (const path of filesIn(folder)) {
        if (path.endsWith('-shm')) rmSync(path);
        const state = states.get(path.endsWith('-shm') ? 0 : statSync(path).ino);
        if (!state) continue;
        const left = afterPowerFailure(state, draw);
        if (left.equals(state.current)) continue;
        writeFileSync(path, left);
        changed.push(path);
      }
      begin();
      return changed;
    },
  };
}

const entriesIn = (folder: string): { path: string; isFolder: boolean }[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true }).map((entry) => ({
    path: join(entry.parentPath, entry.name),
    isFolder: entry.isDirectory(),
  }));
const filesIn = (folder: string): string[] =>
  entriesIn(folder)
    .filter(({ path, isFolder }) => !isFolder && !path.includes('/ledger/'))
    .map(({ path }) => path);
const foldersIn = (folder: string): string[] => [folder, ...entriesIn(folder).flatMap(({ path, isFolder }) => (isFolder ? [path] : []))];
