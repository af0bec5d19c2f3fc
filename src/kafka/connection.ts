import { readFileSync } from 'node:fs';
import kafkajs from 'kafkajs';
import { z } from 'zod';
import { PipelineError } from '../errors.ts';
import { registerCodecs } from './codecs.ts';
import { restIdleTimers } from './idleTimers.ts';
import { takeAbortedLists } from './readCommitted.ts';

/** How a broker is reached. Secrets come from the environment or from files, never from the pipeline module. */
export interface KafkaConnection {
  /** Addresses `host:port`. */
  brokers: readonly string[];
  /** Name of this program in the broker's log. @default 'saccade' */
  clientId?: string;
  /** Encrypted connection: true for the system's authorities, or files in PEM. @default false */
  tls?: boolean | { caFile?: string; certFile?: string; keyFile?: string };
  /** Who we are: names of environment variables that hold user and password. @default nobody */
  sasl?: { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; usernameEnv: string; passwordEnv: string } | undefined;
}

export const connectionSchema = z.strictObject({
  brokers: z.array(z.string().regex(/^[^\s:/]+:\d+$|^\[.+\]:\d+$/, 'must be host:port')).min(1, 'must name at least one broker'),
  clientId: z.string().min(1).default('saccade'),
  tls: z
    .union([
      z.boolean(),
      z.strictObject({ caFile: z.string().exactOptional(), certFile: z.string().exactOptional(), keyFile: z.string().exactOptional() }),
    ])
    .default(false),
  sasl: z
    .strictObject({
      mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
      usernameEnv: z.string().min(1),
      passwordEnv: z.string().min(1),
    })
    .optional(),
});

export type CheckedConnection = z.infer<typeof connectionSchema>;

/** A client. Reads key files and environment, connects to nothing. Throws CONFIG_INVALID. */
export function connect({ brokers, clientId, tls, sasl, retries = 8 }: CheckedConnection & { retries?: number }): kafkajs.Kafka {
  registerCodecs();
  takeAbortedLists();
  restIdleTimers();
  return new kafkajs.Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: 3000,
    requestTimeout: 30_000,
    retry: { initialRetryTime: 100, maxRetryTime: 2000, retries },
    // What goes wrong reaches us as an error; kafkajs's own log would say it a second time.
    logLevel: kafkajs.logLevel.NOTHING,
    ssl: tlsOptions(tls),
    ...(sasl && {
      sasl: { mechanism: sasl.mechanism, username: fromEnv(sasl.usernameEnv), password: fromEnv(sasl.passwordEnv) } as kafkajs.SASLOptions,
    }),
  });
}

function tlsOptions(tls: CheckedConnection['tls']): boolean | { ca?: string; cert?: string; key?: string } {
  if (typeof tls === 'boolean') return tls;
  const { caFile, certFile, keyFile } = tls;
  return {
    ...(caFile && { ca: fromFile(caFile) }),
    ...(certFile && { cert: fromFile(certFile) }),
    ...(keyFile && { key: fromFile(keyFile) }),
  };
}

function fromFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new PipelineError('CONFIG_INVALID', `tls: ${path} cannot be read`, { cause });
  }
}

function fromEnv(name: string): string {
  const value = process.env[name];
  if (!value) throw new PipelineError('CONFIG_INVALID', `sasl: environment variable ${name} is not set`);
  return value;
}
