/* `npm run scenarios [-- --json] [-- --full] [-- S05 S06]`: the failover scenarios against Saccade's own router. */
import { parseArgs } from 'node:util';
import { profiles } from './scenarios.ts';
import { type Scorecard, runAll } from './suite.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean' }, full: { type: 'boolean' } } });
const card = await runAll(values.full ? profiles.full : profiles.fast);
console.log(values.json ? JSON.stringify(card) : table(card));
process.exit(card.pass === card.rows.length ? 0 : 1);

function table({ rows, pass, partial, safe, fail }: Scorecard): string {
  const lines = rows.flatMap(({ id, fault, verdict, forms }) => [
    `${id}  ${verdict.padEnd(8)} ${fault}`,
    ...forms.map((form) =>
      [
        `     ${form.form.padEnd(6)} ${form.primaryAttempts} + ${form.fallbackAttempts} calls, ${(form.ms / 1_000).toFixed(1)} s`,
        ...form.failed.map((what) => `        not so: ${what}`),
        ...(form.error ? [`        error: ${form.error}`] : []),
      ].join('\n'),
    ),
  ]);
  return [...lines, '', `pass ${pass}  partial ${partial}  safe ${safe}  fail ${fail}`].join('\n');
}
