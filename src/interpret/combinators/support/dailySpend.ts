import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PipelineError } from '../../../errors.ts';
import { today } from '../../pricing/today.ts';

/** How much is written down in advance: after a crash the day seems to have cost at most this more, and never less. */
const ADVANCE_USD = 0.05;

/** What a day (UTC) has cost, in a file `{"day":"2026-11-22","usd":1.25}` that is written before money is spent. */
export class DailySpend {
  readonly #file: string;
  #day = '';
  #spent = 0;
  #written = 0;

  constructor(file: string) {
    this.#file = file;
  }

  get spentUsd(): number {
    this.#turnDay();
    return this.#spent;
  }

  add(costUsd: number): void {
    this.#turnDay();
    this.#spent += costUsd;
  }

  /** So much is reserved: it is written down before it can be spent. */
  cover(reservedUsd: number): void {
    this.#turnDay();
    if (this.#spent + reservedUsd > this.#written) this.#write(this.#spent + reservedUsd + ADVANCE_USD);
  }

  #turnDay(): void {
    const day = today(Date.now());
    if (day === this.#day) return;
    this.#spent = this.#day === '' ? readSpend(this.#file, day) : 0;
    this.#written = this.#spent;
    this.#day = day;
  }

  #write(usd: number): void {
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(`${this.#file}.new`, `${JSON.stringify({ day: this.#day, usd })}\n`);
    renameSync(`${this.#file}.new`, this.#file);
    this.#written = usd;
  }
}

function readSpend(file: string, day: string): number {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return 0;
  }
  try {
    const found = JSON.parse(text) as { day: string; usd: number };
    return found.day === day ? found.usd : 0;
  } catch (cause) {
    throw new PipelineError('CONFIG_INVALID', `budget.file: ${file} is not what budget() wrote; correct or remove it`, { cause });
  }
}
