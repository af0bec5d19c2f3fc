import { expect, test } from 'vitest';
import type { Draft, Rule } from '../../../src/normalise/rule.ts';

export const draftOf = (text: string): Draft => ({ text, flags: [], confidence: 1 });

type Case = readonly [before: string, after: string, flags?: string];

/** The cases of one rule: what goes in, what comes out. What came out must not change when it goes in again. */
export function table(rule: Rule, cases: readonly Case[]): void {
  for (const [before, after, flags = ''] of cases) {
    test(`${JSON.stringify(before)} becomes ${JSON.stringify(after)}`, () => {
      const tidy = rule(draftOf(before));
      expect(tidy.text).toBe(after);
      expect(tidy.flags.join(' ')).toBe(flags);
      expect(rule(tidy).text).toBe(after);
    });
  }
}
