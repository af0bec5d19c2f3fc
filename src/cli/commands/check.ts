import { print, printJson } from '../support/print.ts';
import type { Command } from 'commander';
import type { Pipeline } from '../../definePipeline.ts';
import { PipelineError } from '../../errors.ts';
import { type PartReach, pipelineReaches } from '../../pipelineReaches.ts';
import type { Plan, TargetPlan } from '../../interpret/plan.ts';
import { otherConfiguration } from '../../publish/otherConfiguration.ts';
import { loadPipeline } from '../support/loadPipeline.ts';

/** The picture and the prompt for which the worst case is computed. */
const WORST = { image: { width: 1280, height: 720 }, promptTokens: 400 };

/** `check PIPELINE`: validates a pipeline. Of its outputs it looks whether a run may go on in them; otherwise without I/O. */
export const check = (program: Command): void => {
  program
    .command('check')
    .description('validate a pipeline and print its paths, limits and worst-case cost; nothing is written or asked')
    .argument('<pipeline>', 'a pipeline module')
    .option('--json', 'print one JSON object')
    .action(async (file: string, { json }: { json?: boolean }) => {
      const pipeline = await loadPipeline(file);
      const refusal = await otherConfiguration(pipeline.sink, pipeline.configuration);
      const report = { ...reportOf(pipeline), refused: refusal?.message ?? null };
      if (json) printJson(report);
      else print(describe(file, report));
      if (report.missingKeys.length > 0) {
        throw new PipelineError(
          'CONFIG_INVALID',
          `${file}: key variable ${report.missingKeys.join(', ')} is not set; export it, or name another one`,
        );
      }
      if (refusal) throw refusal;
    });
};

interface Report {
  readonly pipeline: string;
  readonly configHash: string;
  readonly parts: Readonly<Record<string, string>>;
  readonly paths: Plan['paths'];
  readonly targets: readonly {
    readonly target: string;
    readonly provider: string;
    readonly model: string;
    readonly limits: readonly string[];
    /** USD for 1,000 windows when each is answered by this target; null where the price is not known. */
    readonly worstCostPer1000Usd: number | null;
  }[];
  readonly notes: readonly string[];
  /** Where frames, captions, records and keys can go. */
  readonly reaches: readonly PartReach[];
  /** The hosts that the run may connect to; null: any. */
  readonly egress: readonly string[] | null;
  /** USD for 1,000 windows when the most expensive target of each path answers. */
  readonly worstCostPer1000Usd: number | null;
  readonly missingKeys: readonly string[];
}

function reportOf(pipeline: Pipeline): Report {
  const { plan } = pipeline.captioner;
  const cost = new Map(plan.targets.map((target) => [target.target, costPer1000(target)]));
  const { name, configHash, source, window, renderer, prompt, normalise, sink, deadLetters, ledger, mode } = pipeline;
  const parts = { source, window, renderer, prompt, ledger, normalise, sink, deadLetters };
  return {
    pipeline: name,
    configHash,
    parts: {
      mode,
      ...Object.fromEntries(Object.entries(parts).map(([key, part]) => [key, `${part.name} ${JSON.stringify(part.params ?? {})}`])),
    },
    paths: plan.paths,
    targets: plan.targets.map((target) => ({
      target: target.target,
      provider: target.provider,
      model: target.model,
      limits: target.limits,
      worstCostPer1000Usd: cost.get(target.target) ?? null,
    })),
    notes: plan.notes,
    reaches: pipelineReaches(pipeline),
    egress: pipeline.egress ?? null,
    worstCostPer1000Usd: plan.paths.reduce<number | null>((sum, { share, order }) => {
      const costs = order.map((target) => cost.get(target) ?? null);
      return sum === null || costs.includes(null) ? null : sum + share * Math.max(...(costs as number[]));
    }, 0),
    missingKeys: [...new Set(plan.targets.flatMap((target) => target.missingKeys()))],
  };
}

function costPer1000(target: TargetPlan): number | null {
  const one = target.worstCostUsd(WORST.image, WORST.promptTokens);
  return one === null ? null : one * 1000;
}

const usd = (value: number | null): string => (value === null ? 'unknown: no price for this model' : `$${value.toFixed(2)}`);

const describeReaches = ({ reaches, egress }: Report): string[] => [
  reaches.length === 0 ? 'reaches no other host' : 'reaches',
  ...reaches.map(({ part, address, carries }) => `  ${(address ?? 'known in the run only').padEnd(40)} ${carries}  (${part})`),
  egress
    ? `  and nothing but ${egress.join(', ')} (egress)`
    : '  any other host that a server names; `egress: [...]` in the pipeline refuses them',
];

function describe(file: string, report: Report): string {
  const lines = [
    `${file}: pipeline '${report.pipeline}', configuration ${report.configHash}`,
    ...Object.entries(report.parts).map(([key, part]) => `  ${key.padEnd(12)} ${part}`),
    '',
    'paths',
    ...report.paths.map(({ share, order }) => `  ${`${(share * 100).toFixed(1)} %`.padStart(7)}  ${order.join(' -> ')}`),
    '',
    'targets',
    ...report.targets.flatMap(({ target, provider, model, limits, worstCostPer1000Usd }) => [
      `  ${target}: ${provider} ${model}; worst case ${usd(worstCostPer1000Usd)} per 1,000 windows`,
      ...limits.map((limit) => `    ${limit}`),
    ]),
    ...report.notes.map((note) => `  ${note}`),
    '',
    ...describeReaches(report),
    '',
    `worst case: ${usd(report.worstCostPer1000Usd)} per 1,000 windows`,
  ];
  return `${lines.join('\n')}\n`;
}
