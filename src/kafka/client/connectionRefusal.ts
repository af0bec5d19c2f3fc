import type { CheckedConnection } from './kafkaConnection.ts';
import { redactor } from '../../redactor.ts';
import { readSecret } from './readSecret.ts';
import type { TlsFiles } from './tlsFiles.ts';

/** Why a side will not accept the other, now or later. */
type Refusal = 'password' | 'mechanism' | 'no passwords' | 'our certificate' | 'authority' | 'expired' | 'name';

export interface ConnectionRefusal {
  readonly refusal: Refusal;
  /** In the words of the side that refused. */
  readonly detail: string;
}

/** Undefined where a second attempt may succeed: for brokers that are away, or that went away during the attempt. */
export function refusalOf(error: unknown): ConnectionRefusal | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { name, message, type, code } = cause as { name: string; message: string; type?: string; code?: unknown };
    if (type === 'UNSUPPORTED_SASL_MECHANISM') return { refusal: 'mechanism', detail: '' };
    if (type === 'ILLEGAL_SASL_STATE') return { refusal: 'no passwords', detail: '' };
    // kafkajs also reports a connection that ended during authentication with this name.
    if (name === 'KafkaJSSASLAuthenticationError' && !/clos|connect|time|ECONN|EPIPE/i.test(message))
      return { refusal: 'password', detail: message.replace(/^SASL.*? failed: /, '') };
    const refusal = typeof code === 'string' && refusalOfTls(code);
    if (refusal) return { refusal, detail: code };
  }
  return undefined;
}

function refusalOfTls(code: string): Refusal | undefined {
  if (code === 'CERT_HAS_EXPIRED') return 'expired';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'name';
  if (/SELF_SIGNED|^UNABLE_TO_|^CERT_(UNTRUSTED|REJECTED|SIGNATURE_FAILURE)$/.test(code)) return 'authority';
  // An alert of the other side, such as ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED.
  if (/^ERR_SSL_.*ALERT_.*(CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE|ACCESS_DENIED)/.test(code)) return 'our certificate';
  return undefined;
}

/** What is wrong and what to do: the end of a sentence that begins with the name and address of the other side. Contains no secret. */
export function adviceOn({ refusal, detail }: ConnectionRefusal, { tls, sasl }: Pick<CheckedConnection, 'tls' | 'sasl'>): string {
  const { caFile = 'an authority of this system', certFile }: TlsFiles = typeof tls === 'object' ? tls : {};
  return {
    password: `refuses ${placesOf(sasl)} (${sasl?.mechanism}): ${redactor(secretsOf(sasl))(detail)}; correct what is there`,
    mechanism: `does not offer sasl.mechanism '${sasl?.mechanism}' on this port; use another one`,
    'no passwords': 'takes no passwords on this port; leave sasl away, or use a port that does',
    'our certificate': certFile
      ? `refuses our certificate ${certFile} (${detail}); use one that is valid, signed by an authority it trusts`
      : `asks for a certificate of ours (${detail}); set tls: { certFile, keyFile }`,
    authority: `has a certificate not signed by ${caFile} (${detail}); set tls: { caFile } to the one that did`,
    expired: 'has a certificate that has expired; renew it there',
    name: 'has a certificate for another name; reach it by one that the certificate holds',
  }[refusal];
}

function secretsOf(sasl: CheckedConnection['sasl']): string[] {
  if (!sasl) return [];
  const { env, file } =
    sasl.mechanism === 'oauthbearer' ? { env: sasl.tokenEnv, file: sasl.tokenFile } : { env: sasl.passwordEnv, file: sasl.passwordFile };
  return [readSecret('sasl', { env, file })];
}

function placesOf(sasl: CheckedConnection['sasl']): string {
  if (!sasl) return 'us';
  if (sasl.mechanism === 'oauthbearer') return `the token in ${sasl.tokenEnv ?? sasl.tokenFile}`;
  return `user and password in ${sasl.usernameEnv} and ${sasl.passwordEnv ?? sasl.passwordFile}`;
}
