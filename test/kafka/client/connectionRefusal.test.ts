import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../../src/kafka/client/connectionRefusal.ts';
import { isRetriable } from '../../../src/kafka/client/isRetriable.ts';

const error = (fields: object, cause?: Error): Error => Object.assign(new Error('', { cause }), fields);
const authentication = (message: string): Error => error({ name: 'KafkaJSSASLAuthenticationError', message });

describe('a refusal', () => {
  it.each([
    ['password', authentication('SASL PLAIN authentication failed: Authentication failed: Invalid username or password')],
    ['mechanism', error({ type: 'UNSUPPORTED_SASL_MECHANISM' })],
    ['authority', error({ code: 'SELF_SIGNED_CERT_IN_CHAIN' })],
    ['authority', error({ code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' })],
    ['expired', error({ code: 'CERT_HAS_EXPIRED' })],
    ['name', error({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })],
    ['our certificate', error({ code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' })],
    ['our certificate', error({ code: 'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE' })],
  ])('of kind %s is found, also in the cause, and is not retried', (refusal, found) => {
    expect(refusalOf(error({}, error({}, found)))).toMatchObject({ refusal });
    expect(isRetriable(error({}, found))).toBe(false);
  });

  it.each([
    ['a connection that ends while a password is asked for', authentication('SASL SCRAM SHA256 authentication failed: Closed connection')],
    ['no answer in time', authentication('SASL PLAIN authentication failed: Request SaslAuthenticate(key: 36, version: 1) timed out')],
    ['a port that nothing listens on', error({ code: 'ECONNREFUSED' })],
    ['a connection that ends in a handshake', error({ code: 'ECONNRESET' })],
  ])('is not %s: brokers that are restarted do that', (_, found) => {
    expect(refusalOf(found)).toBeUndefined();
    expect(isRetriable(found)).toBe(true);
  });
});
