import type { Gate } from '../../stage/gate.ts';

/** Calls `onIdle` when it was not restarted for `afterMs`, and again after each further `afterMs`. Stands still while the gate is shut. */
export function idleClock(
  afterMs: number | undefined,
  gate: Pick<Gate, 'shut'> | undefined,
  onIdle: (elapsedMs: number) => void,
): { restart: () => void; stop: () => void } {
  if (afterMs === undefined) return { restart: () => {}, stop: () => {} };
  let timer: NodeJS.Timeout | undefined;
  let elapsedMs = 0;
  const stop = (): void => clearInterval(timer);
  return {
    stop,
    restart() {
      stop();
      elapsedMs = 0;
      timer = setInterval(() => {
        if (gate?.shut) return;
        elapsedMs += afterMs;
        onIdle(elapsedMs);
      }, afterMs);
    },
  };
}
