import { execFile } from 'node:child_process';
import { promisify, inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kafkaSource } from '../../src/consume/sources/kafkaSource.ts';
import { type KafkaConnection, connectionSchema } from '../../src/kafka/client/kafkaConnection.ts';
import { exactlyOnce } from '../../src/kafka/delivery/exactlyOnce.ts';
import { connectOrExplain } from '../../src/kafka/client/connectOrExplain.ts';
import { kafkaLedger } from '../../src/interpret/ledgers/kafkaLedger.ts';
import type { CaptionRecord } from '../../src/publish/captionRecord.ts';
import { kafkaSink } from '../../src/publish/sinks/kafkaSink.ts';
import { makeTopics, ownKafka, unique } from './kafka.ts';
import { miniPipeline } from './miniPipeline.ts';
import { PASSWORD, type SecureBroker, USER, hasOpenssl, startSecureBroker } from './secureBroker.ts';
import { sensorMessages } from '../rig/sensorPackets.ts';

const run = promisify(execFile);
const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
const WRONG = 'looking-glass-91c2';

/** What a connection is made of, once the broker runs. */
type Connecting = (broker: SecureBroker) => KafkaConnection;

const user = { usernameEnv: 'TEST_USER', passwordEnv: 'TEST_PASSWORD' };
const wrong = { usernameEnv: 'TEST_USER', passwordEnv: 'TEST_WRONG' };

describe.skipIf(ownKafka === '' || !hasOpenssl)('a broker that asks who we are (needs Java and openssl)', () => {
  let broker: SecureBroker;
  beforeAll(async () => {
    Object.assign(process.env, { TEST_USER: USER, TEST_PASSWORD: PASSWORD, TEST_WRONG: WRONG });
    broker = await startSecureBroker(ownKafka as '4.1');
  });
  afterAll(async () => {
    for (const name of ['TEST_USER', 'TEST_PASSWORD', 'TEST_WRONG']) delete process.env[name];
    await broker?.stop();
  });

  describe('lets packets in and captions out, exactly once,', () => {
    it.each<[string, Connecting]>([
      ['over TLS', ({ listeners, files: { caFile } }) => ({ brokers: listeners['TLS']!, tls: { caFile } })],
      [
        'over TLS with a certificate of ours',
        ({ listeners, files: { caFile, certFile, keyFile } }) => ({ brokers: listeners['MTLS']!, tls: { caFile, certFile, keyFile } }),
      ],
      [
        'over TLS with a password (plain)',
        ({ listeners, files: { caFile } }) => ({
          brokers: listeners['PASSWORDS']!,
          tls: { caFile },
          sasl: { mechanism: 'plain', ...user },
        }),
      ],
      [
        'over TLS with a password in a file (scram-sha-512)',
        ({ listeners, files: { caFile, passwordFile } }) => ({
          brokers: listeners['PASSWORDS']!,
          tls: { caFile },
          sasl: { mechanism: 'scram-sha-512', usernameEnv: 'TEST_USER', passwordFile },
        }),
      ],
      [
        'with a password (scram-sha-256)',
        ({ listeners }) => ({ brokers: listeners['SCRAM']!, sasl: { mechanism: 'scram-sha-256', ...user } }),
      ],
      [
        'with a token (oauthbearer)',
        ({ listeners, files: { tokenFile } }) => ({ brokers: listeners['TOKENS']!, sasl: { mechanism: 'oauthbearer', tokenFile } }),
      ],
    ])('%s', async (_, connecting) => {
      expect(await captionsOver(connecting(broker))).toBeGreaterThanOrEqual(4);
    });
  });

  describe('says at once why not, and what to do:', () => {
    const refusals: [string, Connecting, RegExp][] = [
      [
        'a wrong password (plain)',
        ({ listeners, files: { caFile } }) => ({
          brokers: listeners['PASSWORDS']!,
          tls: { caFile },
          sasl: { mechanism: 'plain', ...wrong },
        }),
        /refuses user and password in TEST_USER and TEST_WRONG .*Invalid username or password; correct what is there/,
      ],
      [
        'a wrong password (scram)',
        ({ listeners }) => ({ brokers: listeners['SCRAM']!, sasl: { mechanism: 'scram-sha-256', ...wrong } }),
        /refuses user and password in TEST_USER and TEST_WRONG .*invalid credentials.*; correct what is there/,
      ],
      [
        'a token that has expired',
        ({ listeners, files: { oldTokenFile } }) => ({
          brokers: listeners['TOKENS']!,
          sasl: { mechanism: 'oauthbearer', tokenFile: oldTokenFile },
        }),
        /refuses the token in .*old-token/,
      ],
      [
        'a mechanism that it does not offer',
        ({ listeners }) => ({ brokers: listeners['SCRAM']!, sasl: { mechanism: 'plain', ...user } }),
        /does not offer sasl.mechanism 'plain' on this port; use another one/,
      ],
      [
        'an authority that we do not know',
        ({ listeners }) => ({ brokers: listeners['TLS']!, tls: true }),
        /not signed by an authority of this system .*; set tls: \{ caFile \}/,
      ],
      [
        'an authority that is another one',
        ({ listeners, files: { strangerFile } }) => ({ brokers: listeners['TLS']!, tls: { caFile: strangerFile } }),
        /not signed by .*stranger.crt/,
      ],
      [
        'no certificate of ours',
        ({ listeners, files: { caFile } }) => ({ brokers: listeners['MTLS']!, tls: { caFile } }),
        /asks for a certificate of ours .*; set tls: \{ certFile, keyFile \}/,
      ],
      [
        'a certificate of ours that it does not trust',
        ({ listeners, files: { caFile, strangerFile, strangerKeyFile } }) => ({
          brokers: listeners['MTLS']!,
          tls: { caFile, certFile: strangerFile, keyFile: strangerKeyFile },
        }),
        /refuses our certificate .*stranger.crt/,
      ],
      ['no TLS where there is', ({ listeners }) => ({ brokers: listeners['TLS']! }), /speaks TLS on this port; set tls: true/],
      [
        'a password without TLS where there is',
        ({ listeners }) => ({ brokers: listeners['PASSWORDS']!, sasl: { mechanism: 'plain', ...user } }),
        /speaks TLS on this port; set tls: true/,
      ],
      ['TLS where there is none', ({ brokers, files: { caFile } }) => ({ brokers, tls: { caFile } }), /speaks no TLS on this port/],
      [
        'no password where one is asked for',
        ({ listeners }) => ({ brokers: listeners['SCRAM']! }),
        /asks for a password on this port; set sasl/,
      ],
      [
        'a password where none is asked for',
        ({ brokers }) => ({ brokers, sasl: { mechanism: 'plain', ...user } }),
        /takes no passwords on this port; leave sasl away/,
      ],
    ];

    it.each(refusals)('%s', async (_, connecting, message) => {
      const connection = connecting(broker);
      const error = await connectOrExplain(connectionSchema.parse(connection)).then(
        () => undefined,
        (thrown: Error) => thrown,
      );
      expect(error).toMatchObject({ name: 'PipelineError', code: 'CONFIG_INVALID', message: expect.stringMatching(message) });
      expect(error!.message).toContain(connection.brokers[0]!);
      expectNoSecret(inspect(error, { depth: 10, showHidden: true }));
    });

    it('from each part of a pipeline', async () => {
      const connection = refusals[0]![1](broker);
      const delivery = exactlyOnce({ ...connection, groupId: unique('group') });
      const parts: (() => Promise<unknown>)[] = [
        async () => Array.fromAsync(kafkaSource({ ...connection, topic: 't', groupId: 'g' }).packets(new AbortController().signal)),
        async () => kafkaSink({ ...connection, topic: 't' }).open!(),
        async () => kafkaLedger({ ...connection, topic: 't' }).open(),
        async () => delivery.take('t', 0, async () => 0),
      ];
      for (const begin of parts)
        await expect(begin()).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(refusals[0]![2]) });
      await delivery.close();
    });

    it('on the command line, with exit code 2', async () => {
      const { brokers } = refusals[0]![1](broker);
      const env = {
        ...process.env,
        KAFKA_BROKERS: brokers.join(','),
        KAFKA_TLS_CA: broker.files.caFile,
        KAFKA_SASL_MECHANISM: 'plain',
        KAFKA_USERNAME: USER,
      };
      const command = async (password: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
        run(process.execPath, [main, ...args], { env: { ...env, KAFKA_PASSWORD: password } }).then(
          (done) => ({ code: 0, ...done }),
          (error: { code: number; stdout: string; stderr: string }) => error,
        );
      const [allowed, refused] = await Promise.all([
        command(PASSWORD, 'record', '--topic', 't', '--out', 'nowhere'),
        command(WRONG, '--verbose', 'record', '--topic', 't', '--out', 'nowhere'),
      ]);
      expect(allowed).toMatchObject({ code: 2, stderr: expect.stringContaining("no topic 't'") });
      expect(refused).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('refuses user and password in KAFKA_USERNAME and KAFKA_PASSWORD'),
      });
      expectNoSecret(JSON.stringify([allowed, refused]));
    });
  });

  /** A whole flow over a connection: makes topics, publishes packets, runs until each window has its record; their number. */
  async function captionsOver(connection: KafkaConnection): Promise<number> {
    const kafka = await connectOrExplain(connectionSchema.parse(connection));
    const [input, output, dead, ledgerTopic] = [unique('packets'), unique('captions'), unique('dead'), unique('ledger')];
    await makeTopics(kafka, [input, output, dead]);
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic: input, messages: sensorMessages(1, 5) });
    await producer.disconnect();

    const ledger = kafkaLedger({ ...connection, topic: ledgerTopic });
    await ledger.open();
    expect(await ledger.lookupOrClaim(['nothing'], new AbortController().signal)).toHaveProperty('mayCall');
    const delivery = exactlyOnce({ ...connection, groupId: unique('group'), lingerMs: 0 });
    const sink = kafkaSink<CaptionRecord>({ ...connection, topic: output, delivery });
    const stop = new AbortController();
    let written = 0;
    await miniPipeline({
      source: kafkaSource({ ...connection, topic: input, delivery, wire: 'raw' }),
      sink: {
        ...sink,
        async write(...args: Parameters<typeof sink.write>) {
          await sink.write(...args);
          if (++written === 4) stop.abort();
        },
      },
      deadLetters: kafkaSink({ ...connection, topic: dead, schema: 'dead-letter', delivery }),
      stop: stop.signal,
    });
    await ledger.close();
    return written;
  }
});

const expectNoSecret = (text: string): void => {
  for (const secret of [PASSWORD, WRONG]) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(Buffer.from(secret).toString('base64'));
  }
};
