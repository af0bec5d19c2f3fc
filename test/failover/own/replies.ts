import { setTimeout as sleep } from 'node:timers/promises';
import { anthropic } from '../../../src/interpret/providers/anthropic.ts';
import { gemini } from '../../../src/interpret/providers/gemini.ts';
import { known } from '../../../src/secret.ts';
import type { OwnScenario } from './ownScenario.ts';
import { askOnce, gpt, slackMs, withVendors } from './withVendors.ts';

export const silenceAfterHeaders: OwnScenario = {
  id: 'X03',
  stimulus: 'headers, then silence',
  run: async () =>
    await withVendors({ openai: { faults: [{ fault: 'stall_after_headers' }] } }, async ({ simulator: { url }, attemptsAt }) => {
      const { request, error } = await askOnce(gpt(url, { deadlines: { idleMs: 500 } }));
      for (let i = 0; i < 100 && attemptsAt('openai').length === 0; i++) await sleep(5);
      const [entry] = attemptsAt('openai');
      const [attempt] = request.route;
      return [
        {
          what: `ended after ${attempt?.ms} ms of 500`,
          ok: error !== undefined && attempt !== undefined && attempt.ms >= 495 && attempt.ms <= 550 + slackMs,
        },
        { what: `class ${attempt?.outcome}`, ok: attempt?.outcome === 'timeout' },
        {
          what: `the upstream saw the close after ${Math.round(entry?.ms ?? -1)} ms`,
          ok: entry !== undefined && entry.ms <= 590 + slackMs,
        },
      ];
    }),
};

export const repliesWithoutText: OwnScenario = {
  id: 'X04',
  stimulus: '200 with a refusal, a block, zero text by the length limit',
  async run() {
    const wanted = { refusal: 'refused', blocked: 'blocked', truncated_empty: 'truncated', empty: 'malformed' } as const;
    const makers = {
      openai: (url: string) => gpt(url),
      anthropic: (url: string) => anthropic({ model: 'claude-3-7-sonnet-20250219', baseUrl: `${url}/v1`, keys: known('c', 'k') }),
      gemini: (url: string) => gemini({ model: 'gemini-2.5-flash', baseUrl: `${url}/v1beta`, keys: known('g', 'k') }),
    };
    const rows = Object.entries(wanted).flatMap(([fault, outcome]) =>
      Object.entries(makers).map(([vendor, make]) => ({ fault, outcome, vendor, make })),
    );
    return await Promise.all(
      rows.map(async ({ fault, outcome, vendor, make }) =>
        withVendors({ [vendor]: { faults: [{ fault: fault as 'refusal' }] } }, async ({ simulator: { url } }) => {
          const { request, answer } = await askOnce(make(url));
          const got = request.route[0]?.outcome;
          // Anthropic has one word for refused and blocked.
          const right =
            got === outcome ||
            (vendor === 'anthropic' && fault === 'blocked' && got === 'refused') ||
            (vendor === 'gemini' && fault === 'refusal' && got === 'blocked');
          return { what: `${vendor} ${fault}: ${got}`, ok: right && answer === undefined };
        }),
      ),
    );
  },
};
