import { execFile, spawnSync } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type KafkaVersion, type LocalBroker, startLocalBroker } from '../../kafka-broker/localBroker.ts';

const run = promisify(execFile);

/** What makes the certificates. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

export const USER = 'alice';
/** A password that no message may repeat. */
export const PASSWORD = 'wonderland-7f3e';

/** A broker that asks for certificates and passwords, and the files with which one gets in. */
export interface SecureBroker extends LocalBroker {
  readonly files: {
    /** The authority that signed the broker and our client. */
    readonly caFile: string;
    /** An authority that signed no certificate here. */
    readonly strangerFile: string;
    readonly strangerKeyFile: string;
    readonly certFile: string;
    readonly keyFile: string;
    readonly passwordFile: string;
    readonly tokenFile: string;
    readonly oldTokenFile: string;
  };
}

/**
 * Listeners: TLS (clients are not authenticated), MTLS (by a certificate), PASSWORDS (over TLS), SCRAM and
 * TOKENS (without encryption).
 */
export async function startSecureBroker(version: KafkaVersion): Promise<SecureBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'saccade-keys-'));
  const openssl = (...args: string[]): Promise<unknown> => run('openssl', args, { cwd: folder });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const authority = (name: string): Promise<unknown> =>
    openssl('req', '-x509', ...curve, '-keyout', `${name}.key`, '-out', `${name}.crt`, '-days', '2', '-subj', `/CN=${name}`);
  const signed = async (name: string, extensions: string): Promise<void> => {
    await openssl('req', '-new', ...curve, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    await writeFile(join(folder, `${name}.ext`), extensions);
    const by = ['-CA', 'authority.crt', '-CAkey', 'authority.key', '-CAcreateserial', '-CAserial', `${name}.srl`];
    await openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-out', `${name}.crt`, '-days', '2', '-extfile', `${name}.ext`);
  };
  await Promise.all([authority('authority'), authority('stranger')]);
  await Promise.all([signed('broker', 'subjectAltName=IP:127.0.0.1'), signed('client', 'extendedKeyUsage=clientAuth')]);
  await writeFile(join(folder, 'broker.pem'), await readFile(join(folder, 'broker.key')));
  await appendFile(join(folder, 'broker.pem'), await readFile(join(folder, 'broker.crt')));

  const plain = `org.apache.kafka.common.security.plain.PlainLoginModule required user_${USER}="${PASSWORD}";`;
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  // Accepts unsigned tokens, as long as they have not expired.
  const tokens = 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";';
  const broker = await startLocalBroker({
    version,
    listeners: { TLS: 'SSL', MTLS: 'SSL', PASSWORDS: 'SASL_SSL', SCRAM: 'SASL_PLAINTEXT', TOKENS: 'SASL_PLAINTEXT' },
    scram: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].map((mechanism) => `${mechanism}=[name=${USER},password=${PASSWORD}]`),
    properties: {
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': join(folder, 'broker.pem'),
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': join(folder, 'authority.crt'),
      'listener.name.mtls.ssl.client.auth': 'required',
      'listener.name.passwords.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-512',
      'listener.name.passwords.plain.sasl.jaas.config': plain,
      'listener.name.passwords.scram-sha-512.sasl.jaas.config': scram,
      'listener.name.scram.sasl.enabled.mechanisms': 'SCRAM-SHA-256',
      'listener.name.scram.scram-sha-256.sasl.jaas.config': scram,
      'listener.name.tokens.sasl.enabled.mechanisms': 'OAUTHBEARER',
      'listener.name.tokens.oauthbearer.sasl.jaas.config': tokens,
    },
  });
  const file = (name: string): string => join(folder, name);
  await writeFile(file('password'), `${PASSWORD}\n`);
  await writeFile(file('token'), token(3600));
  await writeFile(file('old-token'), token(-60));
  return {
    ...broker,
    files: {
      caFile: file('authority.crt'),
      strangerFile: file('stranger.crt'),
      strangerKeyFile: file('stranger.key'),
      certFile: file('client.crt'),
      keyFile: file('client.key'),
      passwordFile: file('password'),
      tokenFile: file('token'),
      oldTokenFile: file('old-token'),
    },
    async stop() {
      await broker.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** A token as the listener TOKENS takes it, that ends so many seconds from now. */
function token(seconds: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  return `${part({ alg: 'none' })}.${part({ sub: USER, iat: now - 3600, exp: now + seconds })}.`;
}
