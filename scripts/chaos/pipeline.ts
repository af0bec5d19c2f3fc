import {
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

/** What scripts/chaos.ts runs several instances of. Everything that it needs to know comes in the environment. */
const env = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: this pipeline is started by scripts/chaos.ts`);
  return value;
};

const connection = { brokers: env('CHAOS_BROKERS').split(',') };
const prefix = env('CHAOS_PREFIX');
const simulator = env('CHAOS_SIMULATOR');
const delivery = exactlyOnce({ ...connection, groupId: `${prefix}.group`, transactionTimeoutMs: 10_000 });

export default definePipeline({
  name: 'chaos',
  source: kafkaSource({ ...connection, topic: `${prefix}.packets`, wire: 'raw', delivery, sessionTimeoutMs: 3000 }),
  window: tumbling({ everyMs: Number(env('CHAOS_WINDOW_MS')) }),
  renderer: polarity({ palette: 'dark', longSide: 64 }),
  quietBelow: 0,
  captioner: route({
    targets: {
      gpt4o: openai({ model: 'gpt-4o', keys: known('chaos', 'sk-chaos'), baseUrl: `${simulator}/openai/v1` }),
      gemini: gemini({ model: 'gemini-2.5-flash', keys: known('chaos', 'chaos'), baseUrl: `${simulator}/gemini/v1beta` }),
    },
    weights: { gpt4o: 0.6, gemini: 0.4 },
    fallbacks: { gpt4o: ['gemini'], gemini: ['gpt4o'] },
  }),
  ledger: kafkaLedger({ ...connection, topic: `${prefix}.ledger`, ownerTimeoutMs: 4000 }),
  gate: { windows: 64 },
  sink: kafkaSink({ ...connection, topic: `${prefix}.captions`, delivery }),
  deadLetters: kafkaSink({ ...connection, topic: `${prefix}.dead`, schema: 'dead-letter', delivery }),
});
