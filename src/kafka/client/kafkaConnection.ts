import kafkajs from 'kafkajs';
import { z } from 'zod';
import { report } from '../../stage/report.ts';
import { limitUnpacked, registerCodecs } from './compression.ts';
import { type TlsFiles, readTls, tlsSchema } from './tlsFiles.ts';
import { readSecret } from './readSecret.ts';
import { patchIdleTimers } from './patchIdleTimers.ts';
import { patchAbortedLists } from './committedMessages.ts';
import { patchFetch } from './patchFetch.ts';

/** How to connect to a broker. Secrets come from the environment or from files, never from the pipeline module. */
export interface KafkaConnection {
  /** Addresses `host:port`. */
  brokers: readonly string[];
  /** Name of this program in the broker's log. @default 'saccade' */
  clientId?: string;
  /** Encrypted connection: true for the system's authorities, or files in PEM. @default false */
  tls?: boolean | TlsFiles;
  /** How this program authenticates itself. @default not at all, or by the certificate of `tls` */
  sasl?: Sasl | undefined;
  /**
   * Bytes that a batch of messages may unpack to; what would be more is not unpacked. One limit for the process: the largest that
   * a connection gives. @default 67108864
   */
  unpackedBatchBytes?: number;
}

/** Names of environment variables, or paths of files, that hold the credentials. */
export type Sasl =
  | { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; usernameEnv: string; passwordEnv?: string; passwordFile?: string }
  /** A token that another program renews: it is read again whenever the broker asks for it. */
  | { mechanism: 'oauthbearer'; tokenEnv?: string; tokenFile?: string };

const name = z.string().min(1);

export const connectionSchema = z.strictObject({
  brokers: z.array(z.string().regex(/^[^\s:/]+:\d+$/, 'must be host:port')).min(1, 'must name at least one broker'),
  clientId: name.default('saccade'),
  tls: z.union([z.boolean(), tlsSchema]).default(false),
  sasl: z
    .discriminatedUnion('mechanism', [
      z
        .strictObject({
          mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
          usernameEnv: name,
          passwordEnv: name.exactOptional(),
          passwordFile: name.exactOptional(),
        })
        .refine(({ passwordEnv, passwordFile }) => !passwordEnv !== !passwordFile, 'needs passwordEnv or passwordFile, one of both'),
      z
        .strictObject({ mechanism: z.literal('oauthbearer'), tokenEnv: name.exactOptional(), tokenFile: name.exactOptional() })
        .refine(({ tokenEnv, tokenFile }) => !tokenEnv !== !tokenFile, 'needs tokenEnv or tokenFile, one of both'),
    ])
    .optional(),
  unpackedBatchBytes: z
    .int()
    .min(2 ** 16)
    .max(2 ** 30)
    .exactOptional(),
});

export type CheckedConnection = z.infer<typeof connectionSchema>;

/** A client. Reads key files and environment, connects to nothing; see `connectOrExplain`. Throws CONFIG_INVALID. */
export function connect(
  { brokers, clientId, tls, sasl, unpackedBatchBytes }: CheckedConnection,
  more: Partial<kafkajs.KafkaConfig> = {},
): kafkajs.Kafka {
  registerCodecs();
  if (unpackedBatchBytes !== undefined) limitUnpacked(unpackedBatchBytes);
  patchFetch();
  patchAbortedLists();
  patchIdleTimers();
  return new kafkajs.Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: 3000,
    requestTimeout: 30_000,
    retry: { initialRetryTime: 100, maxRetryTime: 2000, retries: 8 },
    // Failures come as errors, and kafkajs's own log would repeat them; but while it still tries, only its log tells.
    logLevel: kafkajs.logLevel.ERROR,
    logCreator: () => reportUnanswered,
    ssl: typeof tls === 'boolean' ? tls : readTls('tls', tls),
    ...(sasl && { sasl: saslOptions(sasl) }),
    ...more,
  });
}

function reportUnanswered({ namespace, log }: kafkajs.LogEntry): void {
  if (namespace !== 'Connection' || typeof log['broker'] !== 'string') return;
  report('wait', () => ({ on: `Kafka at ${log['broker']}`, message: log.message.replace(/^Connection error: /, '') }));
}

function saslOptions(sasl: NonNullable<CheckedConnection['sasl']>): kafkajs.SASLOptions {
  if (sasl.mechanism === 'oauthbearer') {
    const token = (): string => readSecret('sasl', { env: sasl.tokenEnv, file: sasl.tokenFile });
    token();
    return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: token() }) };
  }
  const { mechanism, usernameEnv, passwordEnv, passwordFile } = sasl;
  const username = readSecret('sasl', { env: usernameEnv });
  const password = readSecret('sasl', { env: passwordEnv, file: passwordFile });
  return { mechanism, username, password };
}
