import { type Command, InvalidArgumentError } from 'commander';
import { type CheckedConnection, connectionSchema } from '../../kafka/client/kafkaConnection.ts';
import { kafkaFromEnv, registryFromEnv, saslFromEnv } from '../../kafka/client/kafkaFromEnv.ts';
import { type RegistryOptions, registrySchema } from '../../kafka/client/schemaRegistry.ts';
import { readOptions } from '../../readOptions.ts';

/** The flags by which a command connects to a broker. The environment holds the defaults (kafka/client/kafkaFromEnv.ts). */
export interface KafkaFlags {
  brokers: string;
  tls?: true;
  tlsCa?: string;
  tlsCert?: string;
  tlsKey?: string;
  saslMechanism?: string;
  saslUserEnv?: string;
  saslPasswordEnv?: string;
}

export const withKafkaFlags = (command: Command): Command =>
  command
    .option('--brokers <host:port,...>', 'addresses of the brokers', process.env['KAFKA_BROKERS'] || 'localhost:9092')
    .option('--tls', 'encrypted connection')
    .option('--tls-ca <file>', 'authority that signed the brokers, PEM')
    .option('--tls-cert <file>', 'our certificate, PEM')
    .option('--tls-key <file>', 'our key, PEM')
    .option('--sasl-mechanism <name>', 'plain, scram-sha-256, scram-sha-512 or oauthbearer')
    .option('--sasl-user-env <name>', 'environment variable with the user', 'KAFKA_USERNAME')
    .option('--sasl-password-env <name>', 'environment variable with the password', 'KAFKA_PASSWORD');

/** Throws CONFIG_INVALID. */
export function connectionOf(flags: KafkaFlags): CheckedConnection {
  const files = {
    ...(flags.tlsCa && { caFile: flags.tlsCa }),
    ...(flags.tlsCert && { certFile: flags.tlsCert }),
    ...(flags.tlsKey && { keyFile: flags.tlsKey }),
  };
  return readOptions('--brokers', connectionSchema, {
    ...kafkaFromEnv(),
    brokers: flags.brokers.split(','),
    ...((flags.tls || Object.keys(files).length > 0) && { tls: Object.keys(files).length > 0 ? files : true }),
    ...(flags.saslMechanism && { sasl: saslFromEnv(flags.saslMechanism, flags.saslUserEnv, flags.saslPasswordEnv) }),
  });
}

/** The registry of `--registry`, or of the environment. Throws CONFIG_INVALID. */
export function registryOf(url: string | undefined): RegistryOptions | undefined {
  const found = registryFromEnv(url);
  return found && readOptions('--registry', registrySchema, found);
}

/** `max`, or a number above 0. */
export function speedOf(text: string): number {
  const speed = text === 'max' ? Infinity : Number(text);
  if (speed > 0) return speed;
  throw new InvalidArgumentError(`'${text}' is neither a number above 0 nor 'max'.`);
}
