import {
  type Captioner,
  anthropic,
  definePipeline,
  envs,
  exactlyOnce,
  gemini,
  kafkaLedger,
  kafkaSink,
  kafkaSource,
  kafkaFromEnv,
  known,
  mixed,
  openai,
  polarity,
  registryFromEnv,
  route,
} from '../src/index.ts';
import { simulatedVendors } from './vendors.ts';

/**
 * From Kafka to Kafka, exactly once; docker-compose.yml runs it. Environment variables:
 *
 *   KAFKA_BROKERS        host:port,...                     default localhost:9092
 *   SCHEMA_REGISTRY_URL  default none: Avro single objects
 *   KAFKA_TLS_CA, KAFKA_SASL_MECHANISM, ...                keys and passwords: docs/kafka.md
 *   SACCADE_PREFIX       prefix of topics and group        default saccade
 *   OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY      vendors with a key are asked; without any key, simulated ones
 *   SIMULATOR_URL        a running simulator               default one inside this process
 */
const env = (name: string): string | undefined => process.env[name] || undefined;
const prefix = env('SACCADE_PREFIX') ?? 'saccade';
const connection = kafkaFromEnv();
const registry = registryFromEnv();
const wire = registry ? { registry } : {};
const simulator = env('SIMULATOR_URL');
const delivery = exactlyOnce({ ...connection, groupId: prefix });

export default definePipeline({
  name: 'live',
  mode: 'live',
  maxDelayMs: 30_000,
  source: kafkaSource({ ...connection, ...wire, topic: `${prefix}.packets`, delivery }),
  window: mixed({ everyMs: 500, orEvents: 60_000 }),
  renderer: polarity({ palette: 'dark', longSide: 512 }),
  captioner: vendors(),
  ledger: kafkaLedger({ ...connection, topic: `${prefix}.ledger` }),
  sink: kafkaSink({ ...connection, ...wire, topic: `${prefix}.captions`, delivery }),
  deadLetters: kafkaSink({ ...connection, ...wire, topic: `${prefix}.dead-letters`, schema: 'dead-letter', delivery }),
});

/** The vendors with a key, each with the others as fallbacks. */
function vendors(): Captioner {
  const targets: Record<string, Captioner> = {
    ...(env('OPENAI_API_KEY') && { gpt4o: openai({ model: 'gpt-4o', keys: envs('OPENAI_API_KEY') }) }),
    ...(env('ANTHROPIC_API_KEY') && { sonnet: anthropic({ model: 'claude-sonnet-5-5', keys: envs('ANTHROPIC_API_KEY') }) }),
    ...(env('GEMINI_API_KEY') && { gemini: gemini({ model: 'gemini-2.5-flash', keys: envs('GEMINI_API_KEY') }) }),
  };
  if (Object.keys(targets).length > 0) return withFallbacks(targets);
  return simulator ? withFallbacks(simulatedAt(simulator)) : simulatedVendors;
}

const simulatedAt = (url: string): Record<string, Captioner> => ({
  gpt4o: openai({ model: 'gpt-4o', keys: known('simulated', 'sk-simulated'), baseUrl: `${url}/openai/v1` }),
  sonnet: anthropic({ model: 'claude-sonnet-5-5', keys: known('simulated', 'sk-simulated'), baseUrl: `${url}/anthropic/v1` }),
  gemini: gemini({ model: 'gemini-2.5-flash', keys: known('simulated', 'simulated'), baseUrl: `${url}/gemini/v1beta` }),
});

const withFallbacks = (targets: Record<string, Captioner>): Captioner => {
  const names = Object.keys(targets);
  return route({ targets, fallbacks: Object.fromEntries(names.map((name) => [name, names.filter((other) => other !== name)])) });
};
