import { visible, visibleJson } from '../../visible.ts';

/** Text of ours for stdout, in which foreign words may stand. */
export const print = (text: string): void => void process.stdout.write(visibleLines(text));

/** One JSON value for stdout. */
export function printJson(value: unknown, indent?: number): void {
  const lines = JSON.stringify(value, undefined, indent).split('\n');
  process.stdout.write(`${lines.map(visibleJson).join('\n')}\n`);
}

/** Text of several lines, each made visible. */
export const visibleLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => visible(line, Infinity))
    .join('\n');
