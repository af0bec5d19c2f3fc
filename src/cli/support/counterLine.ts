/** A progress line on the terminal, updated five times a second. Does nothing where stderr is not a terminal. */
export function counterLine(read: () => { done: number; total: number | undefined; unit: string }): () => void {
  if (!process.stderr.isTTY) return () => {};
  const begun = performance.now();
  const timer = setInterval(() => {
    const { done, total, unit } = read();
    const seconds = (performance.now() - begun) / 1000;
    const left = total && done > 0 ? Math.max(0, (seconds / done) * (total - done)) : undefined;
    const share = total ? `${bar(done / total)} ${Math.round((100 * done) / total)} % · ` : '';
    process.stderr.write(
      `\r\x1b[2K${share}${done} ${unit} · ${(done / seconds).toFixed(0)}/s${left === undefined ? '' : ` · ETA ${Math.ceil(left)} s`}`,
    );
  }, 200);
  return () => {
    clearInterval(timer);
    process.stderr.write('\r\x1b[2K');
  };
}

/** A bar of 20 characters. @param share 0..1 */
export const bar = (share: number): string => '█'.repeat(Math.round(20 * Math.min(1, share))).padEnd(20, '░');
