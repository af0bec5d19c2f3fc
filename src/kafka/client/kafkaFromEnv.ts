import { PipelineError } from '../../errors.ts';
import type { KafkaConnection, Sasl } from './kafkaConnection.ts';
import type { TlsFiles } from './tlsFiles.ts';
import type { RegistryOptions } from './schemaRegistry.ts';

/*
  Environment variables with the addresses and credentials of Kafka and a schema registry, for the command line and for pipelines:

    KAFKA_BROKERS                          host:port,...; default localhost:9092
    KAFKA_TLS                              true: encrypted, by the authorities of the system
    KAFKA_TLS_CA, _CERT, _KEY              files in PEM: an authority, our certificate, its key
    KAFKA_TLS_PASSPHRASE                   of an encrypted key
    KAFKA_SASL_MECHANISM                   plain, scram-sha-256, scram-sha-512, oauthbearer
    KAFKA_USERNAME, KAFKA_PASSWORD         or KAFKA_PASSWORD_FILE
    KAFKA_TOKEN                            or KAFKA_TOKEN_FILE: for oauthbearer
    SCHEMA_REGISTRY_URL                    default none
    SCHEMA_REGISTRY_USERNAME, _PASSWORD    or _PASSWORD_FILE; or _TOKEN, or _TOKEN_FILE
    SCHEMA_REGISTRY_TLS_CA, _CERT, _KEY, _PASSPHRASE

  An empty variable counts as not set. The results hold names and paths; secrets stay where they are.
*/

const get = (name: string): string | undefined => process.env[name] || undefined;

/** The connection to Kafka that the environment describes. */
export function kafkaFromEnv(): KafkaConnection {
  const files = tlsFromEnv('KAFKA');
  const mechanism = get('KAFKA_SASL_MECHANISM');
  return {
    brokers: (get('KAFKA_BROKERS') ?? 'localhost:9092').split(','),
    tls: files ?? yesOrNo('KAFKA_TLS'),
    ...(mechanism && { sasl: saslFromEnv(mechanism) }),
  };
}

/** The credentials for a SASL mechanism. Whether the mechanism exists is checked by the options of the part. */
export function saslFromEnv(mechanism: string, usernameEnv = 'KAFKA_USERNAME', passwordEnv = 'KAFKA_PASSWORD'): Sasl {
  if (mechanism === 'oauthbearer') return { mechanism, ...secretFromEnv('token', 'KAFKA_TOKEN') };
  return { mechanism: mechanism as 'plain', usernameEnv, ...secretFromEnv('password', passwordEnv) };
}

/** The schema registry that the environment describes; undefined where it names none. */
export function registryFromEnv(url = get('SCHEMA_REGISTRY_URL')): RegistryOptions | undefined {
  if (!url) return undefined;
  const tls = tlsFromEnv('SCHEMA_REGISTRY');
  const hasToken = get('SCHEMA_REGISTRY_TOKEN') ?? get('SCHEMA_REGISTRY_TOKEN_FILE');
  return {
    url,
    ...(hasToken && secretFromEnv('token', 'SCHEMA_REGISTRY_TOKEN')),
    ...(get('SCHEMA_REGISTRY_USERNAME') && {
      usernameEnv: 'SCHEMA_REGISTRY_USERNAME',
      ...secretFromEnv('password', 'SCHEMA_REGISTRY_PASSWORD'),
    }),
    ...(tls && { tls }),
  };
}

function tlsFromEnv(prefix: string): TlsFiles | undefined {
  const [caFile, certFile, keyFile] = [get(`${prefix}_TLS_CA`), get(`${prefix}_TLS_CERT`), get(`${prefix}_TLS_KEY`)];
  if (!caFile && !certFile && !keyFile) return undefined;
  const passphrase = `${prefix}_TLS_PASSPHRASE`;
  return {
    ...(caFile && { caFile }),
    ...(certFile && { certFile }),
    ...(keyFile && { keyFile }),
    ...(get(passphrase) && { passphraseEnv: passphrase }),
  };
}

/** The file where one is named, else the variable. */
function secretFromEnv<Name extends 'password' | 'token'>(
  name: Name,
  variable: string,
): { [Key in `${Name}Env` | `${Name}File`]?: string } {
  const file = get(`${variable}_FILE`);
  return (file ? { [`${name}File`]: file } : { [`${name}Env`]: variable }) as { [Key in `${Name}Env` | `${Name}File`]?: string };
}

function yesOrNo(name: string): boolean {
  const value = get(name)?.toLowerCase();
  if (value === undefined || value === 'false' || value === '0') return false;
  if (value === 'true' || value === '1') return true;
  throw new PipelineError('CONFIG_INVALID', `environment variable ${name} must be true or false (found '${value}')`);
}
