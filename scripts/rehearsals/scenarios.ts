import { parseArgs } from 'node:util';
import { messageOf } from '../../src/errors.ts';
import { blackout } from '../../test/failover/load/blackout.ts';
import { capacityStep } from '../../test/failover/load/capacityStep.ts';
import { quotaTest } from '../../test/failover/load/quotaTest.ts';
import { ownScenarios } from '../../test/failover/own/ownScenarios.ts';
import { type Scorecard, runAll } from '../../test/failover/published/runScenarios.ts';
import { type Check, profiles } from '../../test/failover/published/scenario.ts';

/*
  npm run scenarios [-- --json] [-- --full] [-- --load]

  The sixteen failover scenarios, and those of our own, against Saccade's router.
    --full  with the published durations (minutes instead of seconds)
    --load  also the quota test, the step of capacity and an outage of 60 s (three minutes)
*/
interface OwnRow {
  readonly id: string;
  readonly stimulus: string;
  readonly verdict: 'pass' | 'fail';
  readonly checks: readonly Check[];
}

export async function rehearse(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean' }, full: { type: 'boolean' }, load: { type: 'boolean' } } });
  const card = await runAll(values.full ? profiles.full : profiles.fast);
  const own = await runOwn();
  const load = values.load ? { quota: await quotaTest(20), step: await capacityStep(), blackout: await blackout(60_000) } : undefined;
  console.log(
    values.json
      ? JSON.stringify({ ...card, own, load })
      : [sixteen(card), ...own.map(ownLine), load ? JSON.stringify(load, null, 2) : ''].join('\n'),
  );
  return card.pass === card.rows.length && own.every(({ verdict }) => verdict === 'pass') ? 0 : 1;
}

/** One after another: they measure time. */
async function runOwn(): Promise<readonly OwnRow[]> {
  const rows: OwnRow[] = [];
  for (const { id, stimulus, run } of ownScenarios) {
    const checks = await run().catch((error: unknown): readonly Check[] => [{ what: messageOf(error), ok: false }]);
    rows.push({ id, stimulus, verdict: checks.every(({ ok }) => ok) ? 'pass' : 'fail', checks });
  }
  return rows;
}

function sixteen({ rows, pass, partial, safe, fail }: Scorecard): string {
  const lines = rows.flatMap(({ id, fault, verdict, forms }) => [
    `${id}  ${verdict.padEnd(8)} ${fault}`,
    ...forms.flatMap((form) => [
      `     ${form.form.padEnd(6)} ${form.primaryAttempts} + ${form.fallbackAttempts} calls, ${(form.ms / 1_000).toFixed(1)} s${form.error ? `, error: ${form.error}` : ''}`,
      ...form.failed.map((what) => `        not so: ${what}`),
    ]),
  ]);
  return [...lines, '', `pass ${pass}  partial ${partial}  safe ${safe}  fail ${fail}`, ''].join('\n');
}

function ownLine({ id, stimulus, verdict, checks }: OwnRow): string {
  return [`${id}  ${verdict.padEnd(8)} ${stimulus}`, ...checks.map(({ ok, what }) => `     ${ok ? '' : 'not so: '}${what}`)].join('\n');
}
