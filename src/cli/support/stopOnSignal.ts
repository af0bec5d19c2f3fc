/** Runs `use` with a signal that aborts at the first SIGINT or SIGTERM; the second one ends the process. */
export async function stopOnSignal<Out>(use: (signal: AbortSignal) => Promise<Out>): Promise<Out> {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    return await use(controller.signal);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
