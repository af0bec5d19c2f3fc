import { createHash } from 'node:crypto';
import type { Filter } from '../frame/filter.ts';
import type { AnyRenderer } from '../frame/renderer.ts';
import type { Windowing } from '../frame/windowing/windowing.ts';
import type { Captioner } from '../interpret/captioner.ts';
import type { TargetPlan } from '../interpret/plan.ts';
import type { Prompt } from '../interpret/prompt.ts';
import type { Normaliser } from '../normalise/normaliser.ts';
import { hashedPart } from '../stage/item.ts';
import type { StateOptions } from '../stage/stateOptions.ts';
import type { Configuration } from './configuration.ts';

/** The parts of a pipeline that change a record. */
export interface RecordMakers {
  readonly filters: readonly Filter[];
  readonly window: Windowing;
  readonly renderer: AnyRenderer;
  readonly quietBelow: number;
  readonly motion: boolean;
  readonly prompt: Prompt;
  readonly captioner: Captioner;
  readonly normalise: Normaliser;
  readonly rewriter: Captioner | undefined;
  readonly state: Pick<StateOptions, 'windowEvents'>;
}

/** What is left out does not change a record: the source's address, the sinks, the brake, weights and limits. */
export const configurationOf = (makers: RecordMakers): Configuration => ({ hash: hashOf(makers), parts: partsOf(makers) });

function hashOf({
  filters,
  window,
  renderer,
  quietBelow,
  prompt,
  captioner,
  normalise,
  rewriter,
  motion,
  state: { windowEvents },
}: RecordMakers): string {
  const facts = [
    ...[...filters, window, renderer].map(hashedPart),
    // Measured motion only adds flags: pipelines without it keep the hash that they had.
    { quietBelow, ...(motion && { motion }), ...(windowEvents !== undefined && { windowEvents }) },
    { name: prompt.name, version: prompt.version, params: prompt.params },
    ...captioner.plan.targets.map(({ target, provider, model, params }) => ({ target, provider, model, params })),
    { name: normalise.name, version: normalise.version, params: normalise.params },
    ...(rewriter?.plan.targets ?? []).map(({ target, provider, model, params }) => ({ rewriter: target, provider, model, params })),
  ];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
}

const partsOf = ({
  filters,
  window,
  renderer,
  quietBelow,
  motion,
  prompt,
  captioner,
  normalise,
  rewriter,
  state: { windowEvents },
}: RecordMakers): Configuration['parts'] => ({
  filters: filters.map(partInWords).join(', ') || 'none',
  window: partInWords(window),
  renderer: partInWords(renderer),
  quietBelow: `${quietBelow}`,
  motion: motion ? 'measured' : 'not measured',
  windowEvents: `${windowEvents ?? 'default'}`,
  prompt: `${prompt.name}@${prompt.version} ${inWords(prompt.params ?? {})}`,
  models: captioner.plan.targets.map(targetInWords).join(', '),
  normaliser: `${normalise.name}@${normalise.version}`,
  'options of the normaliser': inWords(normalise.params ?? {}),
  rewriter: rewriter?.plan.targets.map(targetInWords).join(', ') ?? 'none',
});

/** A part as one writes it: `polarity({palette: "dark"})`. */
export const partInWords = ({ name, params = {} }: { readonly name: string; readonly params?: unknown }): string =>
  `${name}(${inWords(params)})`;

const targetInWords = ({ target, provider, model, params }: TargetPlan): string => {
  const words = inWords(params);
  return `${target} (${provider} ${model}${words === '{}' ? '' : ` ${words}`})`;
};

/** JSON without quotes around the keys. */
function inWords(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inWords).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${entries.map(([key, item]) => `${/^\w+$/.test(key) ? key : JSON.stringify(key)}: ${inWords(item)}`).join(', ')}}`;
}
