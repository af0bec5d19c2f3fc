import { expect, it } from 'vitest';
import { budget } from '../../../src/interpret/combinators/budget.ts';
import { ensemble } from '../../../src/interpret/combinators/ensemble.ts';
import { fallback } from '../../../src/interpret/combinators/fallback.ts';
import { hedge } from '../../../src/interpret/combinators/hedge.ts';
import { nearDuplicate } from '../../../src/interpret/combinators/nearDuplicate.ts';
import { repair } from '../../../src/interpret/combinators/repair.ts';
import { route } from '../../../src/interpret/combinators/route.ts';
import { withRetries } from '../../../src/interpret/combinators/withRetries.ts';
import { withTimeout } from '../../../src/interpret/combinators/withTimeout.ts';
import { pluginsIn } from '../../support/pluginsIn.ts';
import { type CombinatorRig, describeCombinator } from '../combinator.contract.ts';

const rigs: Readonly<Record<string, CombinatorRig>> = {
  route: { make: (a, b) => route({ targets: { a, b }, weights: { a: 1 }, fallbacks: { a: ['b'] } }), parts: 2 },
  fallback: { make: (a, b) => fallback(a, b), parts: 2 },
  ensemble: { make: (a, b) => ensemble({ targets: { a, b } }), parts: 2 },
  budget: { make: (a) => budget(a, { usd: 1 }), parts: 1 },
  hedge: { make: (a) => hedge(a), parts: 1 },
  nearDuplicate: { make: (a) => nearDuplicate(a), parts: 1 },
  repair: { make: (a) => repair(a), parts: 1 },
  withRetries: { make: (a) => withRetries(a, { backoffMs: 1 }), parts: 1 },
  withTimeout: { make: (a) => withTimeout(a, { ms: 60_000 }), parts: 1 },
};

for (const [name, rig] of Object.entries(rigs)) describeCombinator(name, rig);

it('none is left out', () => {
  expect(new Set(Object.keys(rigs))).toEqual(pluginsIn('interpret/combinators', 'describeCombinator'));
});
