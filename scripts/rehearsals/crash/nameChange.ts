import { linkSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Draw } from './draw.ts';

/** A change of a folder that was not synced yet. */
export type NameChange =
  | { readonly kind: 'made'; readonly path: string }
  | { readonly kind: 'renamed'; readonly path: string; readonly from: string; readonly savedAs: number }
  | { readonly kind: 'removed'; readonly path: string; readonly savedAs: number };

/** Undoes the last changes of each folder, some or all of them: a folder's changes reach the disk in their order. Returns what changed. */
export function undoNames(changes: readonly NameChange[], saved: string, draw: Draw): string[] {
  const undone: string[] = [];
  for (const folder of new Set(changes.map(({ path }) => dirname(path)))) {
    const own = changes.filter(({ path }) => dirname(path) === folder);
    const kept = draw(2) === 0 ? 0 : draw(own.length + 1);
    for (const change of own.slice(kept).toReversed()) {
      undo(change, saved);
      undone.push(change.path);
    }
  }
  return undone;
}

function undo(change: NameChange, saved: string): void {
  if (change.kind === 'made') return rmSync(change.path, { force: true });
  if (change.kind === 'renamed') renameSync(change.path, change.from);
  if (change.savedAs > 0) linkSync(join(saved, String(change.savedAs)), change.path);
}
