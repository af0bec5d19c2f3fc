import { definePipeline, exactlyOnce, kafkaSink, kafkaSource, known, openai, polarity, tumbling } from '../../src/index.ts';

/** What scripts/shares.ts runs several instances of; each has the limits of all. */
const env = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: this pipeline is started by scripts/shares.ts`);
  return value;
};

const connection = { brokers: env('SHARES_BROKERS').split(',') };
const prefix = env('SHARES_PREFIX');
const requestsPerMinute = Number(env('SHARES_STATED'));
const delivery = exactlyOnce({ ...connection, groupId: `${prefix}.group` });

export default definePipeline({
  name: 'shares',
  source: kafkaSource({ ...connection, topic: `${prefix}.packets`, wire: 'raw', delivery, sessionTimeoutMs: 10_000 }),
  window: tumbling({ everyMs: Number(env('SHARES_WINDOW_MS')) }),
  renderer: polarity({ palette: 'dark', longSide: 64 }),
  quietBelow: 0,
  captioner: openai({
    model: 'gpt-4o',
    keys: known('shares', 'sk-shares'),
    baseUrl: `${env('SHARES_SIMULATOR')}/openai/v1`,
    ...(requestsPerMinute > 0 && { limits: { requestsPerMinute } }),
  }),
  gate: { windows: 64 },
  sink: kafkaSink({ ...connection, topic: `${prefix}.captions`, delivery }),
  deadLetters: kafkaSink({ ...connection, topic: `${prefix}.dead`, schema: 'dead-letter', delivery }),
  workers: 0,
});
