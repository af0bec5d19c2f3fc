/*
  A broker to try things with, on a machine with Java 17 and Maven: `node kafka-broker/main.ts`. It has the topics of
  pipelines/live.ts, or those that are named. It ends with Ctrl-C, and what was in it goes with it. KAFKA_VERSION=3.9
  takes that version.
*/
import { once } from 'node:events';
import { connect, connectionSchema } from '../src/kafka/client/kafkaConnection.ts';
import { retryUntil } from '../src/kafka/client/retryUntil.ts';
import { type KafkaVersion, startLocalBroker } from './localBroker.ts';

const named = process.argv.slice(2);
const topics = named.length > 0 ? named : ['saccade.packets', 'saccade.captions', 'saccade.dead-letters'];

const broker = await startLocalBroker({ version: (process.env['KAFKA_VERSION'] ?? '4.1') as KafkaVersion });
const admin = connect(connectionSchema.parse({ brokers: broker.brokers })).admin();
await admin.connect();
await retryUntil(() => admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: 4 })), waitForLeaders: true }), 10_000);
await admin.disconnect();
process.stdout.write(`export KAFKA_BROKERS=${broker.brokers.join(',')}\n`);
await Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal)));
await broker.stop();
