import { lstatSync, readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { PipelineError } from '../../../errors.ts';
import { fileError } from '../../../files/fileError.ts';
import { realFile } from '../../../files/realFile.ts';
import { replaceFileSync } from '../../../files/replaceFileSync.ts';
import { withLock } from '../../../files/withLock.ts';
import { today } from '../../pricing/today.ts';

/** How much is written down in advance: after a crash the day seems to have cost at most this more, and never less. */
const ADVANCE_USD = 0.05;

/** A larger file is something else. */
const MOST_BYTES = 4096;

const written = z.strictObject({ day: z.iso.date(), usd: z.number().min(0) });

/**
 * What a day (UTC) has cost all runs that share a file `{"day":"2026-11-22","usd":1.25}`. Each adds its part before it spends
 * it, under a lock (`FILE.lock`), so that together they do not pass a cap.
 */
export class DailySpend {
  readonly #file: string;
  #day = '';
  /** What this run has spent today. */
  #spent = 0;
  /** How much of what is in the file this run has put there. */
  #written = 0;
  /** What others have, when the file was last read. */
  #others = 0;

  constructor(file: string) {
    this.#file = file;
  }

  get spentUsd(): number {
    this.#turnDay();
    return this.#others + this.#spent;
  }

  add(costUsd: number): void {
    this.#turnDay();
    this.#spent += costUsd;
  }

  /** So much is reserved by this run: it is written down before it can be spent. False, and not, where the day would then pass the cap. */
  cover(reservedUsd: number, capUsd = Infinity): boolean {
    this.#turnDay();
    const needed = this.#spent + reservedUsd;
    if (needed <= this.#written) return true;
    const file = realFile(this.#file);
    try {
      return withLock(`${file}.lock`, () => {
        this.#others = Math.max(0, readSpend(this.#file, this.#day) - this.#written);
        if (this.#others + needed > capUsd) return false;
        const advanced = Math.min(needed + ADVANCE_USD, capUsd - this.#others);
        replaceFileSync(file, `${JSON.stringify({ day: this.#day, usd: this.#others + advanced })}\n`, `${file}.new`);
        this.#written = advanced;
        return true;
      });
    } catch (cause) {
      throw budgetError(this.#file, cause);
    }
  }

  #turnDay(): void {
    const day = today(Date.now());
    if (day === this.#day) return;
    this.#others = readSpend(this.#file, day);
    this.#spent = 0;
    this.#written = 0;
    this.#day = day;
  }
}

function readSpend(file: string, day: string): number {
  const text = readIfThere(file);
  if (text === '') return 0;
  try {
    const found = written.parse(JSON.parse(text));
    return found.day === day ? found.usd : 0;
  } catch (cause) {
    throw new PipelineError('CONFIG_INVALID', `budget.file: ${file} is not what budget() wrote; correct or remove it`, { cause });
  }
}

/** Empty where it is not there. What cannot be read, or is no file, is no day without spending. */
function readIfThere(file: string): string {
  try {
    if (!lstatSync(file, { throwIfNoEntry: false })) return '';
    // A pipe could wait for ever.
    const found = statSync(file);
    if (!found.isFile() || found.size > MOST_BYTES) return 'not ours';
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw budgetError(file, cause);
  }
}

const budgetError = (file: string, cause: unknown): PipelineError => fileError(`budget.file: ${file}`, 'cannot be used', cause);
