import { of } from 'rxjs';
import { captioner, definePipeline, exactlyOnce, kafkaSink, kafkaSource, polarity, tumbling } from '../../src/index.ts';

/** What bench/kafka/ingest.ts runs: the way of the packets, with answers that cost nothing. */
const connection = { brokers: process.env['JOB_BROKERS']?.split(',') ?? [] };
const delivery = exactlyOnce({ ...connection, groupId: 'ingest' });

const free = captioner(
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

export default definePipeline({
  name: 'ingest',
  source: kafkaSource({ ...connection, topic: 'packets', wire: 'raw', delivery }),
  window: tumbling({ everyMs: 250 }),
  renderer: polarity({ palette: 'dark', longSide: 512 }),
  captioner: free,
  sink: kafkaSink({ ...connection, topic: 'captions', delivery }),
  deadLetters: kafkaSink({ ...connection, topic: 'dead', schema: 'dead-letter', delivery }),
});
