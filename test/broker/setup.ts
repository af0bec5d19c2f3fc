import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { hasImage, startContainerBroker } from '../../kafka-broker/containerBroker.ts';
import { type KafkaVersion, artifacts, startLocalBroker } from '../../kafka-broker/localBroker.ts';

/*
  A real broker for the tests, whichever is found first:
    1. KAFKA_BROKERS: one that runs already
    2. a container engine that has KAFKA_IMAGE, or can get it (where it is set: only that)
    3. Java 17 and Maven: Apache Kafka from its artifacts (KAFKA_VERSION, 4.1 or 3.9)
  Without any the tests are skipped; with REQUIRE_KAFKA=1 that is a failure.
*/

declare module 'vitest' {
  interface ProvidedContext {
    /** Addresses of the broker; empty where there is none. */
    kafkaBrokers: readonly string[];
    /** Version of the broker that a test can start for itself; empty where there is no Java or no artifacts. */
    ownKafka: KafkaVersion | '';
  }
}

const run = promisify(execFile);

interface Broker {
  readonly brokers: readonly string[];
  readonly stop: () => Promise<void>;
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const tried: string[] = [];
  const broker = await firstOf(tried);
  const version = (process.env.KAFKA_VERSION ?? '4.1') as KafkaVersion;
  const missing = await Promise.all([run('java', ['-version']), artifacts(version)]).then(
    () => '',
    (cause: unknown) => firstLine(cause),
  );
  project.provide('ownKafka', missing ? '' : version);
  if (broker && missing) process.stderr.write(`Kafka tests that start a broker of their own are skipped: ${missing}\n`);
  project.provide('kafkaBrokers', broker?.brokers ?? []);
  if (broker) return broker.stop;
  const message = `no Kafka broker: ${tried.join('; ')}`;
  if (process.env.REQUIRE_KAFKA === '1') throw new Error(message);
  process.stderr.write(`Kafka tests are skipped, ${message}\n`);
  return undefined;
}

async function firstOf(tried: string[]): Promise<Broker | undefined> {
  const { KAFKA_BROKERS, KAFKA_IMAGE, KAFKA_VERSION = '4.1' } = process.env;
  if (KAFKA_BROKERS) return { brokers: KAFKA_BROKERS.split(','), stop: async () => {} };
  const attempt = async (what: string, start: () => Promise<Broker>): Promise<Broker | undefined> => {
    try {
      return await start();
    } catch (cause) {
      tried.push(`${what}: ${firstLine(cause)}`);
      return undefined;
    }
  };
  const contained = KAFKA_IMAGE ?? 'apache/kafka:4.1.1';
  return (
    (await attempt('container engine', async () => {
      await run('docker', ['info'], { timeout: 5000 });
      if (!(await hasImage(contained))) throw new Error(`image ${contained} cannot be had`);
      return startContainerBroker(contained);
    })) ?? (KAFKA_IMAGE ? undefined : await attempt('Java and Maven', () => startLocalBroker({ version: KAFKA_VERSION as KafkaVersion })))
  );
}

const firstLine = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause)).split('\n')[0]!;
