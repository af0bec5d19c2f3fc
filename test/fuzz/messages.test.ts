import { describe, expect, it } from 'vitest';
import { messageViolation, wires } from './messages.ts';
import { makeRandom } from './mutate.ts';

const CASES = 1500;

describe.each(wires)('damaged messages, %s', (wire) => {
  it('are each one packet or one dead letter, and harm none of those around them (issue 11)', async () => {
    for (let seed = 0; seed < CASES; seed++) expect([seed, await messageViolation(wire, makeRandom(seed))]).toEqual([seed, undefined]);
  });
});
