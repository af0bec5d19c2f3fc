import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';
import { fuzzEdges } from './fuzzEdges.ts';

/*
  npm run fuzz -- --seconds N [--seed S] [--json]
  Decodes damaged streams of every format until the time is over. What breaks a promise is kept in test/fuzz/corpus,
  where the tests try it from then on. Then as long damaged messages of every wire format, and damaged files of every container.
*/

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: `${Date.now() % 2 ** 31}` },
    json: { type: 'boolean' },
  },
});
const report = fuzz({ seconds: Number(values.seconds), seed: Number(values.seed) });
for (const { input, what } of report.violations) {
  const name = `${input.format}-${createHash('sha256').update(input.bytes).digest('hex').slice(0, 8)}.bin`;
  writeFileSync(new URL(`corpus/${name}`, import.meta.url), input.bytes);
  process.stderr.write(`${name}: ${what}\n`);
}
const edges = await fuzzEdges({ seconds: Number(values.seconds), seed: Number(values.seed) });
for (const what of edges.violations) process.stderr.write(`${what}\n`);
const { inputs, perFormat, seconds, heapMb } = report;
const summary = {
  inputs,
  violations: report.violations.length,
  seconds,
  seed: Number(values.seed),
  perSecond: Math.round(inputs / seconds),
  heapMb,
  perFormat,
  edges: { cases: edges.cases, violations: edges.violations.length },
};
if (values.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
else
  process.stdout.write(
    `${inputs} inputs in ${seconds.toFixed(0)} s, ${report.violations.length} violations, heap ${heapMb} MB (seed ${values.seed}); ${edges.cases} cases at the edges, ${edges.violations.length} violations\n`,
  );
process.exitCode = report.violations.length + edges.violations.length > 0 ? 1 : 0;
