import {
  anthropic,
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

/** What bench/kafka.ts and scripts/founding.ts run: Kafka to Kafka, exactly once, every answer in the ledger, three vendors. */
const env = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: this pipeline is started by a script`);
  return value;
};

const connection = { brokers: env('JOB_BROKERS').split(',') };
const prefix = env('JOB_PREFIX');
const vendors = env('JOB_VENDORS');
const concurrency = Number(env('JOB_CONCURRENCY')) / 3;
const delivery = exactlyOnce({ ...connection, groupId: prefix, lingerMs: 200 });

export default definePipeline({
  name: 'founding',
  source: kafkaSource({ ...connection, topic: `${prefix}.packets`, wire: 'raw', delivery, sessionTimeoutMs: 10_000 }),
  window: tumbling({ everyMs: Number(env('JOB_WINDOW_MS')) }),
  renderer: polarity({ palette: 'dark', longSide: 128 }),
  quietBelow: 0,
  captioner: route({
    targets: {
      gpt4o: openai({ model: 'gpt-4o', keys: known('job', 'sk-job'), baseUrl: `${vendors}/openai/v1`, concurrency }),
      sonnet: anthropic({ model: 'claude-sonnet-5-5', keys: known('job', 'sk-job'), baseUrl: `${vendors}/anthropic/v1`, concurrency }),
      gemini: gemini({ model: 'gemini-2.5-flash', keys: known('job', 'job'), baseUrl: `${vendors}/gemini/v1beta`, concurrency }),
    },
    fallbacks: { gpt4o: ['sonnet', 'gemini'], sonnet: ['gpt4o', 'gemini'], gemini: ['gpt4o', 'sonnet'] },
  }),
  ledger: kafkaLedger({ ...connection, topic: `${prefix}.ledger` }),
  gate: { windows: Number(env('JOB_CONCURRENCY')) + 400 },
  sink: kafkaSink({ ...connection, topic: `${prefix}.captions`, delivery }),
  deadLetters: kafkaSink({ ...connection, topic: `${prefix}.dead`, schema: 'dead-letter', delivery }),
});
