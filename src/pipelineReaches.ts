import type { Captioner } from './interpret/captioner.ts';
import type { Part } from './stage/item.ts';
import type { Reach } from './stage/reach.ts';

/** Where one part of a pipeline connects to. */
export interface PartReach extends Reach {
  /** The part, as people know it: `target gpt4o`, `sink kafkaSink`, ... */
  readonly part: string;
}

/** The parts that may connect to something. */
export interface ReachingParts {
  readonly captioner: Captioner;
  readonly rewriter: Captioner | undefined;
  readonly source: Part;
  readonly ledger: Part;
  readonly frames: Part | undefined;
  readonly sink: Part;
  readonly deadLetters: Part;
  readonly late: Part;
}

/** Every server that a frame, a caption, a record or a key can reach, as far as the parts know before the run. */
export function pipelineReaches({ captioner, rewriter, source, ledger, frames, sink, deadLetters, late }: ReachingParts): PartReach[] {
  const targets = [...captioner.plan.targets, ...(rewriter?.plan.targets ?? [])];
  const parts = { source, ledger, frames, sink, 'dead letters': deadLetters, late: late === deadLetters ? undefined : late };
  const all = [
    ...targets.flatMap(({ target, reaches = UNSAID }) => reaches.map((reach) => ({ part: `target ${target}`, ...reach }))),
    ...Object.entries(parts).flatMap(([what, part]) => (part?.reaches ?? []).map((reach) => ({ part: `${what} ${part!.name}`, ...reach }))),
  ];
  return [...Map.groupBy(all, ({ part, address }) => `${part} ${address}`).values()].map((some) => {
    const carried = new Set(some.flatMap(({ carries }) => carries.split(', ')));
    return { ...some[0]!, carries: [...carried].join(', ') };
  });
}

/** A target that was written before targets told it, or that does not. */
const UNSAID: readonly Reach[] = [{ address: null, carries: 'frames, prompts, key: it does not say where' }];
