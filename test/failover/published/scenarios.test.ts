import { describe, expect, it } from 'vitest';
import { forms } from '../callRouter.ts';
import { healthyText } from '../faultyServer.ts';
import { runScenario } from './runScenarios.ts';
import { profiles } from './scenario.ts';
import { scenarios } from './scenarios.ts';
import { judge } from './verdict.ts';

describe.concurrent('failover', { timeout: 60_000 }, () => {
  for (const scenario of scenarios) {
    it.each(forms)(`${scenario.id} ${scenario.fault}: %s`, async (form) => {
      const { verdict, failed, error } = await runScenario(scenario, form, profiles.fast);
      expect({ verdict, failed, error: scenario.errorWanted ? undefined : error }).toEqual({
        verdict: 'pass',
        failed: [],
        error: undefined,
      });
    });
  }
});

describe('the verdict', () => {
  const asked = { atMs: 0, ms: 10, text: healthyText };

  it('is fail for a shortened answer given out as success, for a hang, and for a required check', () => {
    expect(judge({}, [{ ...asked, text: 'word1 word2' }], [], 100)).toBe('fail');
    expect(judge({}, [{ ...asked, ms: 101 }], [], 100)).toBe('fail');
    expect(judge({}, [asked], [{ what: 'required', ok: false }], 100)).toBe('fail');
  });

  it('is partial for an advisory check, safe for a clean error, pass for a whole answer', () => {
    expect(judge({}, [asked], [{ what: 'nice to have', ok: false, advisory: true }], 100)).toBe('partial');
    expect(judge({}, [{ atMs: 0, ms: 10, error: 'no' }], [], 100)).toBe('safe');
    expect(judge({}, [asked], [{ what: 'required', ok: true }], 100)).toBe('pass');
  });

  it('wants an error where going round the fault would be wrong', () => {
    expect(judge({ errorWanted: true }, [asked], [], 100)).toBe('partial');
    expect(judge({ errorWanted: true }, [{ atMs: 0, ms: 10, error: 'no' }], [], 100)).toBe('pass');
  });
});
