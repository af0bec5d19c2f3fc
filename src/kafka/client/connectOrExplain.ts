import type kafkajs from 'kafkajs';
import { PipelineError, messageOf } from '../../errors.ts';
import { type CheckedConnection, connect } from './kafkaConnection.ts';
import { adviceOn, refusalOf } from './connectionRefusal.ts';

export interface ConnectOptions {
  /** Whether brokers that do not answer are an error as well. @default false: the caller waits for them when it uses the client */
  readonly mustAnswer?: boolean;
}

/**
 * A client of brokers that accept us. Rejects with CONFIG_INVALID, within seconds, where a second attempt would be refused
 * as well: wrong passwords and certificates, TLS on a port without it, no TLS on a port with it.
 */
export async function connectOrExplain(connection: CheckedConnection, { mustAnswer = false }: ConnectOptions = {}): Promise<kafkajs.Kafka> {
  const error = await probe(connection);
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

/** Rejects, saying why, where no broker answers now, or none accepts us. */
export async function assertReachable(connection: CheckedConnection): Promise<void> {
  const cause = await probe(connection);
  if (!cause) return;
  const refused = refusalOf(cause);
  const text = refused ? adviceOn(refused, connection) : `does not answer: ${messageOf(cause)}`;
  throw new PipelineError('SINK_FAILED', `Kafka at ${connection.brokers.join(', ')} ${text}`, { cause, retryable: true });
}

/** Sends a request that needs authentication to one broker after the other until one answers. Resolves with the error, if none did. */
async function probe(connection: CheckedConnection, more: Partial<kafkajs.KafkaConfig> = {}): Promise<Error | undefined> {
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

/** A SASL mechanism that does not exist: a broker that takes passwords refuses it, without having been given one. */
const UNKNOWN_MECHANISM = { mechanism: 'saccade-asks', authenticationProvider: () => ({ authenticate: async () => {} }) };

/**
 * A broker that gets TLS where it expects none, or the other way round, closes the connection without an answer, as a
 * broker that is being stopped does. So the other way is tried, and only an answer counts.
 */
async function whyClosed(error: Error, connection: CheckedConnection): Promise<string | undefined> {
  if (!/closed|disconnected|no brokers|ECONNRESET|EPIPE/i.test(error.message)) return undefined;
  const withoutSasl = { ...connection, sasl: undefined };
  const other = connection.tls === false ? { ssl: { rejectUnauthorized: false } } : { ssl: false };
  if (isAnswer(await probe(withoutSasl, { ...other, sasl: UNKNOWN_MECHANISM }))) {
    return connection.tls === false
      ? 'speaks TLS on this port; set tls: true, or tls: { caFile } for an authority of your own'
      : 'speaks no TLS on this port; use the one that does, or leave tls away';
  }
  const takesPasswords = refusalOf(await probe(withoutSasl, { sasl: UNKNOWN_MECHANISM }))?.refusal === 'mechanism';
  if (takesPasswords && !connection.sasl) return 'asks for a password on this port; set sasl: { mechanism, usernameEnv, passwordEnv }';
  // kafkajs does not read why a broker refuses a token.
  if (takesPasswords && connection.sasl?.mechanism === 'oauthbearer')
    return adviceOn({ refusal: 'password', detail: 'not valid now' }, connection);
  return undefined;
}

/** Whether the broker understood the request, or refused it with an error of the protocol. */
const isAnswer = (error: Error | undefined): boolean => error === undefined || refusalOf(error) !== undefined;
