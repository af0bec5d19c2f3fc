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

/** What scripts/stall.ts runs: the defaults everywhere but for the calls at once, which make the full rate known. */
const env = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: this pipeline is started by scripts/stall.ts`);
  return value;
};

const connection = { brokers: env('STALL_BROKERS').split(',') };
const prefix = env('STALL_PREFIX');
const simulator = env('STALL_SIMULATOR');
const concurrency = Number(env('STALL_CONCURRENCY'));
const delivery = exactlyOnce({ ...connection, groupId: `${prefix}.group` });

export default definePipeline({
  name: 'stall',
  source: kafkaSource({
    ...connection,
    topic: `${prefix}.packets`,
    wire: 'raw',
    delivery,
    sessionTimeoutMs: Number(env('STALL_SESSION_MS')),
  }),
  window: tumbling({ everyMs: Number(env('STALL_WINDOW_MS')) }),
  renderer: polarity({ palette: 'dark', longSide: 128 }),
  quietBelow: 0,
  captioner: route({
    targets: {
      gpt4o: openai({ model: 'gpt-4o', keys: known('stall', 'sk-stall'), baseUrl: `${simulator}/openai/v1`, concurrency }),
      gemini: gemini({ model: 'gemini-2.5-flash', keys: known('stall', 'stall'), baseUrl: `${simulator}/gemini/v1beta`, concurrency }),
    },
    weights: { gpt4o: 0.5, gemini: 0.5 },
    fallbacks: { gpt4o: ['gemini'], gemini: ['gpt4o'] },
  }),
  ledger: kafkaLedger({ ...connection, topic: `${prefix}.ledger` }),
  sink: kafkaSink({ ...connection, topic: `${prefix}.captions`, delivery }),
  deadLetters: kafkaSink({ ...connection, topic: `${prefix}.dead`, schema: 'dead-letter', delivery }),
});
