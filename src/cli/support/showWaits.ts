import { visible } from '../../visible.ts';
import { listen } from '../../stage/report.ts';

/** How often the same thing is said to be waited for. */
const SAY_EVERY_MS = 5000;
/** What was silent for longer has answered in between. */
const FORGET_AFTER_MS = 20_000;

interface Wait {
  sinceMs: number;
  lastMs: number;
  saidMs: number;
}

/** Says on stderr what does not answer, every few seconds, for as long as it is tried. Returns the function that ends it. */
export function showWaits(write: (text: string) => void = (text) => void process.stderr.write(text)): () => void {
  const waits = new Map<string, Wait>();
  return listen('wait', ({ on, message }) => {
    const nowMs = performance.now();
    const known = waits.get(on);
    const wait = known && nowMs - known.lastMs < FORGET_AFTER_MS ? known : { sinceMs: nowMs, lastMs: nowMs, saidMs: -Infinity };
    waits.set(on, wait);
    wait.lastMs = nowMs;
    if (nowMs - wait.saidMs < SAY_EVERY_MS) return;
    wait.saidMs = nowMs;
    const seconds = Math.round((nowMs - wait.sinceMs) / 1000);
    write(`${visible(on)} does not answer${seconds > 0 ? ` for ${seconds} s` : ''}: ${visible(message)}; it is asked again\n`);
  });
}
