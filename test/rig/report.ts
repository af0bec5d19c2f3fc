/** One line of what is going on, to stderr: stdout is for the result. */
export const say = (text: string): void => void process.stderr.write(`${(performance.now() / 1000).toFixed(1)} s  ${text}\n`);

/** The result to stdout: one line for machines, several for people. */
export const printResult = (result: object, json: boolean): void =>
  void process.stdout.write(`${JSON.stringify(result, undefined, json ? 0 : 2)}\n`);
