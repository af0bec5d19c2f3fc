import type kafkajs from 'kafkajs';
import { PipelineError, messageOf } from '../../errors.ts';
import { type CheckedConnection, connect } from './connection.ts';
import { adviceOn, refusalOf } from './connectionRefusal.ts';

export interface ReachOptions {
  /** Whether brokers that do not answer are an error as well. @default false: whoever uses the client waits for them */
  readonly mustAnswer?: boolean;
}

/**
 * A client of brokers that let us in. Rejects with CONFIG_INVALID, within seconds, where no second try would be let in:
 * passwords and certificates that are refused, encryption where there is none or none where there is.
 */
export async function reach(connection: CheckedConnection, { mustAnswer = false }: ReachOptions = {}): Promise<kafkajs.Kafka> {
  const error = await greet(connection);
  const refused = refusalOf(error);
  const why = refused ? adviceOn(refused, connection) : error && (await whyClosed(error, connection));
  const where = `Kafka at ${connection.brokers.join(', ')}`;
  if (why) throw new PipelineError('CONFIG_INVALID', `${where} ${why}`, { cause: error });
  if (error && mustAnswer) {
    const text = `${where} does not answer: ${messageOf(error)}; start it, or correct the address`;
    throw new PipelineError('SOURCE_FAILED', text, { cause: error, retryable: true });
  }
  return connect(connection);
}

/** Rejects, saying why, where no broker answers now, or none lets us in. */
export async function refuseAway(connection: CheckedConnection): Promise<void> {
  const cause = await greet(connection);
  if (!cause) return;
  const refused = refusalOf(cause);
  const text = refused ? adviceOn(refused, connection) : `does not answer: ${messageOf(cause)}`;
  throw new PipelineError('SINK_FAILED', `Kafka at ${connection.brokers.join(', ')} ${text}`, { cause, retryable: true });
}

/** Asks for something for which a broker must know us, of one broker after the other until one answers. */
async function greet(connection: CheckedConnection, more: Partial<kafkajs.KafkaConfig> = {}): Promise<Error | undefined> {
  const retry = { initialRetryTime: 100, retries: connection.brokers.length - 1 };
  const admin = connect(connection, { retry, ...more }).admin();
  try {
    await admin.connect();
    await admin.describeCluster();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

/** Asks whether passwords are taken, and gives none. */
const QUESTION = { mechanism: 'saccade-asks', authenticationProvider: () => ({ authenticate: async () => {} }) };

/**
 * A broker that is spoken to in the wrong manner closes the connection without a word, as one that is being stopped
 * does. So it is spoken to in the other manner, and only an answer counts.
 */
async function whyClosed(error: Error, connection: CheckedConnection): Promise<string | undefined> {
  if (!/closed|disconnected|no brokers|ECONNRESET|EPIPE/i.test(error.message)) return undefined;
  const nobody = { ...connection, sasl: undefined };
  const other = connection.tls === false ? { ssl: { rejectUnauthorized: false } } : { ssl: false };
  if (isAnswer(await greet(nobody, { ...other, sasl: QUESTION }))) {
    return connection.tls === false
      ? 'speaks TLS on this port; set tls: true, or tls: { caFile } for an authority of your own'
      : 'speaks no TLS on this port; use the one that does, or leave tls away';
  }
  const isWaiting = refusalOf(await greet(nobody, { sasl: QUESTION }))?.refusal === 'mechanism';
  if (isWaiting && !connection.sasl) return 'asks for a password on this port; set sasl: { mechanism, usernameEnv, passwordEnv }';
  // kafkajs does not read what a broker says of a token.
  if (isWaiting && connection.sasl?.mechanism === 'oauthbearer')
    return adviceOn({ refusal: 'password', detail: 'not valid now' }, connection);
  return undefined;
}

/** Whether it was understood, or refused in words. */
const isAnswer = (error: Error | undefined): boolean => error === undefined || refusalOf(error) !== undefined;
