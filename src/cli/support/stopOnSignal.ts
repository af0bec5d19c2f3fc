/** Aborts at the first SIGINT or SIGTERM; the second ends the process. `end` stops listening. */
export function stopOnSignal(): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return { signal: controller.signal, end: () => process.off('SIGINT', onSignal).off('SIGTERM', onSignal) };
}
