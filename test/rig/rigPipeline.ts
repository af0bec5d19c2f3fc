import { of } from 'rxjs';
import {
  type Captioner,
  type Pipeline,
  type PipelineOptions,
  anthropic,
  captioner,
  definePipeline,
  exactlyOnce,
  gemini,
  kafkaLedger,
  kafkaSink,
  kafkaSource,
  known,
  openai,
  polarity,
  route,
  tumbling,
} from '../../src/index.ts';

/** What a scenario says of the pipeline that it runs. It travels to the pipeline's process as JSON, so it holds plain values. */
export interface RigSettings {
  readonly name: string;
  readonly brokers: readonly string[];
  /** The topics are `PREFIX.packets`, `.captions`, `.dead` and `.ledger`, and the consumer group is `PREFIX.group`. */
  readonly prefix: string;
  /** @default `PREFIX.captions` */
  readonly captionsTopic?: string;
  readonly windowMs: number;
  /** Of a frame, in pixels. @default that of the sensor */
  readonly longSide?: number;
  /** Base address of the simulated vendors. */
  readonly simulator?: string;
  /** The targets of the route; one alone is asked without a route, and without any each answer is free. */
  readonly targets: Readonly<Partial<Record<Vendor, TargetSettings>>>;
  /** Options of the ledger in Kafka; without them there is none. */
  readonly ledger?: { readonly ownerTimeoutMs?: number };
  readonly sessionTimeoutMs?: number;
  readonly delivery?: { readonly transactionTimeoutMs?: number; readonly lingerMs?: number };
  readonly gateWindows?: number;
  readonly workers?: number;
}

type Vendor = 'gpt4o' | 'sonnet' | 'gemini';

interface TargetSettings {
  readonly weight?: number;
  readonly concurrency?: number;
  readonly limits?: { readonly requestsPerMinute: number };
}

/** Kafka to Kafka, exactly once: the pipeline of every scenario over a real broker. */
export const rigPipeline = (settings: RigSettings): Pipeline => definePipeline(rigParts(settings));

/** Its parts, for a test that exchanges some of them. */
export function rigParts(settings: RigSettings): PipelineOptions {
  const { name, brokers, prefix, windowMs, longSide, ledger, sessionTimeoutMs, gateWindows, workers } = settings;
  const delivery = exactlyOnce({ brokers, groupId: `${prefix}.group`, ...settings.delivery });
  return {
    name,
    source: kafkaSource({
      brokers,
      topic: `${prefix}.packets`,
      wire: 'raw',
      delivery,
      ...(sessionTimeoutMs !== undefined && { sessionTimeoutMs }),
    }),
    window: tumbling({ everyMs: windowMs }),
    renderer: polarity({ palette: 'dark', ...(longSide !== undefined && { longSide }) }),
    quietBelow: 0,
    captioner: captionerOf(settings),
    ...(ledger && { ledger: kafkaLedger({ brokers, topic: `${prefix}.ledger`, ...ledger }) }),
    ...(gateWindows !== undefined && { gate: { windows: gateWindows } }),
    sink: kafkaSink({ brokers, topic: settings.captionsTopic ?? `${prefix}.captions`, delivery }),
    deadLetters: kafkaSink({ brokers, topic: `${prefix}.dead`, schema: 'dead-letter', delivery }),
    ...(workers !== undefined && { workers }),
  };
}

function captionerOf({ simulator = '', targets: settings }: RigSettings): Captioner {
  const make: Readonly<Record<Vendor, (target: Omit<TargetSettings, 'weight'>) => Captioner>> = {
    gpt4o: (options) => openai({ model: 'gpt-4o', keys: known('rig', 'sk-rig'), baseUrl: `${simulator}/openai/v1`, ...options }),
    sonnet: (options) =>
      anthropic({ model: 'claude-sonnet-5-5', keys: known('rig', 'sk-rig'), baseUrl: `${simulator}/anthropic/v1`, ...options }),
    gemini: (options) =>
      gemini({ model: 'gemini-2.5-flash', keys: known('rig', 'rig'), baseUrl: `${simulator}/gemini/v1beta`, ...options }),
  };
  const names = Object.keys(settings) as Vendor[];
  const targets: Partial<Record<Vendor, Captioner>> = {};
  const weights: Partial<Record<Vendor, number>> = {};
  for (const name of names) {
    const { weight, ...options } = settings[name]!;
    targets[name] = make[name](options);
    if (weight !== undefined) weights[name] = weight;
  }
  const [first] = names;
  if (first === undefined) return freeAnswers;
  if (names.length === 1) return targets[first]!;
  return route({
    targets: targets as Record<Vendor, Captioner>,
    ...(Object.keys(weights).length > 0 && { weights }),
    fallbacks: Object.fromEntries(names.map((name) => [name, names.filter((other) => other !== name)])),
  });
}

const freeAnswers = captioner(
  () =>
    of({
      text: 'Nothing was asked.',
      target: 'free',
      provider: 'free',
      model: 'free',
      requestHash: '',
      cache: 'none' as const,
      inputTokens: 0,
      outputTokens: 0,
      costUsd: 0,
      priceDate: '',
      flags: [],
    }),
  { targets: [], paths: [], notes: ['free'] },
);
