import { route } from '../../../src/interpret/combinators/route.ts';
import { anthropic } from '../../../src/interpret/providers/anthropic.ts';
import { gemini } from '../../../src/interpret/providers/gemini.ts';
import { known } from '../../../src/secret.ts';
import type { JournalEntry } from '../../../src/sim/vendor/journal.ts';
import type { VendorOptions } from '../../../src/sim/options/simulatorOptions.ts';
import type { Check } from '../published/scenario.ts';
import type { OwnScenario } from './ownScenario.ts';
import { askOnce, gaps, gpt, other, slackMs, withVendors } from './withVendors.ts';

const outage = { fault: 'rate_limit', retryAfterMs: 1_000 } as const;

const near = (what: string, gotMs: number, wantedMs: number): Check => ({
  what: `${what}: ${Math.round(wantedMs)} ms asked, ${Math.round(gotMs)} ms waited`,
  ok: gotMs >= wantedMs * 0.9 && gotMs <= wantedMs * 1.1 + slackMs,
});

type Wait = NonNullable<VendorOptions['faults']>[number];

/** Has one target fail once, and compares the wait until the next attempt. */
async function waits(fault: Wait, vendor: 'openai' | 'gemini', wantedMs: (first: JournalEntry) => number, what: string): Promise<Check> {
  return await withVendors({ [vendor]: { faults: [fault] } }, async ({ simulator: { url }, attemptsAt }) => {
    const target =
      vendor === 'openai' ? gpt(url) : gemini({ model: 'gemini-2.5-flash', baseUrl: `${url}/v1beta`, keys: known('g', 'AIza') });
    const { answer } = await askOnce(route({ targets: { only: target } }));
    const entries = attemptsAt(vendor);
    return answer && entries.length === 2
      ? near(what, gaps(entries)[0]!, wantedMs(entries[0]!))
      : { what: `${what}: ${entries.length} attempts`, ok: false };
  });
}

/** Milliseconds from the end of an attempt to a date three seconds later; a date has whole seconds. */
const untilDate = ({ atUs, ms }: JournalEntry): number => {
  const askedAt = atUs / 1_000 + ms;
  return Math.floor((askedAt + 3_000) / 1_000) * 1_000 - askedAt;
};

export const retryAfterForms: OwnScenario = {
  id: 'X01',
  stimulus: 'Retry-After as a date, in milliseconds, in the body, and for 90 s',
  async run() {
    const first = { fault: 'rate_limit', first: 1 } as const;
    const inParallel = await Promise.all([
      waits({ ...first, retryAfterMs: 3_000, retryAfterAs: 'date' }, 'openai', untilDate, 'HTTP date'),
      waits({ ...first, retryAfterMs: 700, retryAfterAs: 'milliseconds' }, 'openai', () => 700, 'retry-after-ms'),
      waits({ ...first, retryAfterMs: 1_200 }, 'gemini', () => 1_200, 'RetryInfo'),
    ]);
    const long = await withVendors(
      { openai: { faults: [{ ...outage, retryAfterMs: 90_000 }] }, other: { wire: 'openai' } },
      async ({ simulator: { url }, attemptsAt }) => {
        const router = route({ targets: { one: gpt(url), two: other(url) }, weights: { one: 1 }, fallbacks: { one: ['two'] } });
        const start = performance.now();
        const answers = [];
        for (let i = 0; i < 5; i++) answers.push(await askOnce(router));
        return [
          {
            what: `90 s: five frames went elsewhere in ${Math.round(performance.now() - start)} ms`,
            ok: answers.every(({ answer }) => answer?.target === 'two') && performance.now() - start < 2_000,
          },
          { what: `90 s: the route is parked (${attemptsAt('openai').length} call)`, ok: attemptsAt('openai').length === 1 },
        ];
      },
    );
    return [...inParallel, ...long];
  },
};

export const growingWaits: OwnScenario = {
  id: 'X02',
  stimulus: '529 three times, then 200',
  run: async () =>
    await withVendors(
      { anthropic: { faults: [{ fault: 'overloaded', first: 3, retryAfterAs: 'none' }] } },
      async ({ simulator: { url }, attemptsAt }) => {
        const keys = [...known('one', 'k1'), ...known('two', 'k2')];
        const target = anthropic({ model: 'claude-3-7-sonnet-20250219', baseUrl: `${url}/v1`, keys });
        const { answer } = await askOnce(route({ targets: { claude: target }, retries: 3, backoffMs: 200 }));
        const entries = attemptsAt('anthropic');
        const between = gaps(entries);
        return [
          { what: `served after ${entries.length} attempts`, ok: answer !== undefined && entries.length === 4 },
          {
            what: `the waits grow: ${between.map(Math.round).join(', ')} ms`,
            ok: between.length === 3 && between[0]! >= 140 && between[1]! > between[0]! && between[2]! > between[1]!,
          },
        ];
      },
    ),
};

export const secondCooldownShorter: OwnScenario = {
  id: 'X11',
  stimulus: 'two cooldowns for one route, the second shorter',
  run: async () =>
    await withVendors(
      {
        openai: {
          latency: 0,
          faults: [
            { ...outage, first: 1, retryAfterMs: 1_500, retryAfterAs: 'milliseconds' },
            { ...outage, first: 1, retryAfterMs: 300, retryAfterAs: 'milliseconds', delayMs: 100 },
          ],
        },
      },
      async ({ simulator: { url }, attemptsAt }) => {
        const router = route({ targets: { only: gpt(url) } });
        await Promise.all([askOnce(router), askOnce(router)]);
        const [first, , third] = attemptsAt('openai').toSorted((a, b) => a.atUs - b.atUs);
        const gap = (third!.atUs - first!.atUs) / 1_000;
        return [{ what: `the next call came after ${Math.round(gap)} ms`, ok: gap >= 1_490 && gap < 2_000 }];
      },
    ),
};
