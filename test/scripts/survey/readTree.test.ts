import { describe, expect, it } from 'vitest';
import { readSource } from '../../../scripts/survey/readTree.ts';

const text = `
import type { Packet } from '../stage/packet.ts';
import { of } from 'rxjs';
export { gate } from '../stage/gate.ts';
export interface Options {
  readonly stop: AbortSignal;
  readonly other: undefined | AbortSignal;
  run(signal: AbortSignal): void;
}
type Late = import('./late.ts').Late;
export class Reader {
  #signal?: AbortSignal;
  read(signal: AbortSignal): Promise<unknown> {
    return import('./lazy.ts').then(() => signal);
  }
}
export const started = (
  packet: Packet,
) => {
  return of(packet);
};
`;

describe('readSource', () => {
  const file = readSource('src/consume/reader.ts', text);

  it('finds imports of every kind, of files only', () => {
    expect(file.imports.toSorted()).toEqual(['src/consume/late.ts', 'src/consume/lazy.ts', 'src/stage/gate.ts', 'src/stage/packet.ts']);
  });

  it('finds exports, types and those of others included', () => {
    expect(file.exports).toEqual(['gate', 'Options', 'Reader', 'started']);
  });

  it('measures functions that have a body, by the name around them', () => {
    expect(file.functions.map(({ name, line, lines }) => [name, line, lines])).toEqual([
      ['read', 13, 3],
      ['read', 14, 1],
      ['started', 17, 5],
    ]);
  });

  it('finds fields that hold a signal, and no parameter', () => {
    expect(file.storedSignals).toEqual(['stop:6', 'other:7', '#signal:12']);
  });

  it('refuses what does not parse, with the path', () => {
    expect(() => readSource('src/broken.ts', 'export const = 1;')).toThrow('src/broken.ts');
  });
});
