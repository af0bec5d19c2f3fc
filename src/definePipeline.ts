import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import type { Source } from './consume/source.ts';
import type { Format } from './decode/decoder.ts';
import { allFormats } from './decode/allFormats.ts';
import { LARGEST_SENSOR_PIXELS } from './decode/geometryFault.ts';
import { type Egress, egressOf, isEgressEntry } from './egressOf.ts';
import { PipelineError } from './errors.ts';
import type { Filter } from './frame/filter.ts';
import type { AnyRenderer } from './frame/renderer.ts';
import { renderDefaults } from './frame/rendering/render.ts';
import type { Windowing } from './frame/windowing/windowing.ts';
import type { Captioner } from './interpret/captioner.ts';
import type { Ledger } from './interpret/ledger.ts';
import { memoryLedger } from './interpret/ledgers/memoryLedger.ts';
import type { Prompt } from './interpret/prompt.ts';
import { describeEvents } from './interpret/prompts/describeEvents.ts';
import { refuseSharedFiles } from './files/refuseSharedFiles.ts';
import { houseStyle } from './normalise/normalisers/houseStyle.ts';
import type { Normaliser } from './normalise/normaliser.ts';
import { type ReachingParts, pipelineReaches } from './pipelineReaches.ts';
import { readOptions } from './readOptions.ts';
import type { CaptionRecord } from './publish/captionRecord.ts';
import type { Configuration } from './publish/configuration.ts';
import { configurationOf } from './publish/configurationOf.ts';
import type { FrameStore } from './publish/frameStore.ts';
import type { Sink } from './publish/sink.ts';
import type { GateOptions } from './stage/gate.ts';
import type { StateOptions } from './stage/stateOptions.ts';
import type { Part } from './stage/item.ts';
import type { DeadLetter } from './stage/reject.ts';

/** The parts of a pipeline, in the order in which data meets them. */
export interface PipelineOptions {
  /** Name of the pipeline in records and metrics. @default 'saccade' */
  name?: string;
  /** Where packets come from. */
  source: Source;
  /** The wire formats it decodes. @default every format there is */
  formats?: readonly Format[];
  /**
   * Pixels of the largest sensor there may be. A packet that claims a larger one is a dead letter: memory is needed for each
   * pixel. @default 8388608, such as 3840 x 2160
   */
  largestSensorPixels?: number;
  /** What happens to events before they are cut, in this order. @default none */
  filters?: readonly Filter[];
  /** How time is cut. */
  window: Windowing;
  /** How a window is drawn. */
  renderer: AnyRenderer;
  /** Windows with fewer events per pixel of the sensor are quiet: recorded, and no model is asked. @default 0.02 */
  quietBelow?: number;
  /** What is asked. @default describeEvents() */
  prompt?: Prompt;
  /** Who is asked: a provider, or combinators of providers. */
  captioner: Captioner;
  /** What remembers paid answers. @default memoryLedger(): for this run only */
  ledger?: Ledger;
  /** `offline`: a frame waits for its caption as long as it takes. `live`: until `maxDelayMs`. @default 'offline' */
  mode?: 'offline' | 'live';
  /** How old a frame may get in live mode, in milliseconds. @default 5000 */
  maxDelayMs?: number;
  /** The house style of captions. @default houseStyle() */
  normalise?: Normaliser;
  /** Where pictures are kept beside the records. @default nowhere */
  frames?: FrameStore;
  /** Where records go. */
  sink: Sink<CaptionRecord>;
  /** Where items go that a stage could not handle. */
  deadLetters: Sink<DeadLetter>;
  /** Where late events go, those that came after their window was closed, as dead letters. @default deadLetters */
  late?: Sink<DeadLetter>;
  /** What may be on its way at once. @default 256 windows, 256 MiB */
  gate?: GateOptions;
  /** What all sensors may hold together, and one window. @default 5,000 sensors, 256 MiB, 20,000,000 events */
  state?: StateOptions;
  /**
   * A text model, such as openai({ model: 't5-small', baseUrl: 'http://localhost:8080/v1' }), that rewrites captions
   * after the house style; a rewrite that changes facts is refused. @default none
   */
  rewriter?: Captioner;
  /** Pictures of one sensor that are encoded at once. @default 2 */
  encoders?: number;
  /**
   * Measure what the events of each window say by themselves (some milliseconds a window): for the provider motion(),
   * as context in the prompt, and to flag captions whose direction contradicts it. @default where a part needs it
   */
  motion?: boolean;
  /**
   * Threads that decode, window and render, one for each sensor up to this number; 0: all on the main thread. They import the
   * pipeline's module, so a pipeline that is run from code has none. @default one less than the cores, at least 1
   */
  workers?: number;
  /**
   * The only hosts that the run may connect to: names, `*.name` for all below one, addresses, ranges such as `10.0.0.0/8`, each with
   * `:port` or without. A part that reaches another is refused here; what is known only in the run (an address that is looked up, a
   * broker that a broker names) is refused there. It holds for all connections of the process while the run lasts. @default any host
   */
  egress?: readonly string[];
}

/** A pipeline that was checked: every field is there. */
export type Pipeline = Readonly<Required<Omit<PipelineOptions, 'frames' | 'rewriter' | 'egress'>>> & {
  readonly rewriter: Captioner | undefined;
  readonly frames: FrameStore | undefined;
  readonly egress: readonly string[] | undefined;
  /** Hash of everything that changes a record; 16 hex digits. */
  readonly configHash: string;
  /** The same in words. */
  readonly configuration: Configuration;
  /** Address of the module that exports it, where it was loaded from one. */
  readonly module: string | undefined;
};

const partSchema = (what: string) =>
  z.custom<Part>(
    (value) => value !== null && (typeof value === 'object' || typeof value === 'function') && 'name' in value,
    `must be ${what}`,
  );

const schema = z.strictObject({
  name: z.string().min(1).default('saccade'),
  source: partSchema('a source, such as kafkaSource({...})'),
  formats: z.array(partSchema('a format, such as evt3')).optional(),
  largestSensorPixels: z
    .int('must be a whole number of pixels')
    .min(1, 'must be 1 pixel or more')
    .max(2 ** 32, 'must be at most 65536 x 65536 pixels')
    .default(LARGEST_SENSOR_PIXELS),
  filters: z.array(partSchema('a filter, such as refractory({...})')).optional(),
  window: partSchema('a windowing, such as tumbling({ everyMs: 33 })'),
  renderer: partSchema('a renderer, such as polarity({...})'),
  quietBelow: z.number().min(0, 'must be 0 or more events per pixel').default(renderDefaults.quietBelow),
  prompt: partSchema('a prompt, such as describeEvents({...})').optional(),
  captioner: z.custom<Captioner>((value) => typeof value === 'function' && 'plan' in value, 'must be a captioner, such as route({...})'),
  ledger: partSchema('a ledger, such as lmdbLedger({...})').optional(),
  mode: z.enum(['offline', 'live'], "must be 'offline' or 'live'").default('offline'),
  maxDelayMs: z.number().positive('must be above 0 ms').default(5000),
  normalise: partSchema('a normaliser, such as houseStyle({...})').optional(),
  frames: partSchema('a frame store, such as frameFolder({...})').optional(),
  sink: partSchema('a sink, such as avroFile({...})'),
  deadLetters: partSchema('a sink, such as avroFile({...})'),
  late: partSchema('a sink, such as avroFile({...})').optional(),
  gate: z.strictObject({ windows: z.int().positive().optional(), bytes: z.int().positive().optional() }).default({}),
  state: z
    .strictObject({
      sensors: z.int().positive().optional(),
      bytes: z.int().positive().optional(),
      windowEvents: z.int().positive().optional(),
    })
    .default({}),
  rewriter: z
    .custom<Captioner>((value) => typeof value === 'function' && 'plan' in value, 'must be a captioner, such as openai({...})')
    .optional(),
  encoders: z.int().min(1, 'must be 1 or more').default(renderDefaults.concurrency),
  motion: z.boolean().optional(),
  workers: z.int().min(0, 'must be 0 or more').max(256).optional(),
  egress: z
    .array(z.string().refine(isEgressEntry, "must be a host, '*.host', an IP address or a range of them, with ':port' or without"))
    .optional(),
});

/** Checks the parts and fills in the defaults. Throws CONFIG_INVALID naming the key and the value found. No I/O, but that paths of outputs are followed. */
export function definePipeline(options: PipelineOptions): Pipeline {
  const checked = readOptions('pipeline', schema, options);
  const { ledger, frames, sink, deadLetters, late } = options;
  refuseSharedFiles({ ledger, frames, sink, deadLetters, late: late === deadLetters ? undefined : late });
  const pipeline = {
    ...options,
    name: checked.name,
    formats: options.formats ?? allFormats,
    largestSensorPixels: checked.largestSensorPixels,
    filters: options.filters ?? [],
    quietBelow: checked.quietBelow,
    prompt: options.prompt ?? describeEvents(),
    ledger: options.ledger ?? memoryLedger(),
    mode: checked.mode,
    maxDelayMs: checked.mode === 'live' ? checked.maxDelayMs : Infinity,
    normalise: options.normalise ?? houseStyle(),
    frames: options.frames,
    gate: options.gate ?? {},
    state: options.state ?? {},
    late: options.late ?? options.deadLetters,
    rewriter: options.rewriter,
    encoders: checked.encoders,
    motion: checked.motion ?? needsMotion(options),
    workers: checked.workers ?? Math.max(1, availableParallelism() - 1),
    egress: options.egress,
    module: undefined,
  };
  if (options.egress) assertEgress(pipeline, egressOf(options.egress));
  const configuration = configurationOf(pipeline);
  return { ...pipeline, configuration, configHash: configuration.hash };
}

/** Names are not looked up here: where addresses are allowed, what a name stands for is checked when it is connected to. */
function assertEgress(pipeline: ReachingParts, egress: Egress): void {
  for (const { part, address, carries } of pipelineReaches(pipeline)) {
    const [, host = '', port = ''] = /^(.*):([0-9]*)$/.exec(address ?? '') ?? [];
    if (address === null || egress.allows(host, Number(port)) || (egress.hasAddresses && isIP(host.replace(/[[\]]/g, '')) === 0)) continue;
    throw new PipelineError(
      'CONFIG_INVALID',
      `pipeline.egress: ${part} sends ${carries} to ${address}, which is not in [${egress.entries.join(', ')}]; add it, or take the part away`,
    );
  }
}

const needsMotion = ({ captioner, prompt }: PipelineOptions): boolean =>
  [prompt, ...captioner.plan.targets].some((part) => part?.needs?.motion === true);
