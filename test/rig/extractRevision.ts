import { execFileSync } from 'node:child_process';

/** Writes the files of a revision of this repository into a folder; of all its files, or of the given paths. */
export function extractRevision(revision: string, folder: string, paths: readonly string[] = []): void {
  const archive = execFileSync('git', ['archive', revision, '--', ...paths], { maxBuffer: 2 ** 30 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
}
