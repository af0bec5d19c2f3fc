import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type RequestListener, type Server, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { schemaRegistry, registrySchema } from '../../../src/kafka/client/schemaRegistry.ts';
import { readOptions } from '../../../src/readOptions.ts';

const SECRET = 'jabberwock-55d0';
const ours = `Basic ${Buffer.from(`alice:${SECRET}`).toString('base64')}`;

const started = async (server: Server, answer: RequestListener): Promise<string> => {
  server.on('request', answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** Lets those in who say one of these. */
const guarded =
  (...known: string[]): RequestListener =>
  ({ headers }, response) => {
    const isKnown = known.includes(headers.authorization ?? '');
    response.writeHead(isKnown ? 200 : 401).end(isKnown ? '[]' : '{"error_code":401,"message":"Unauthorized"}');
  };

const failure = async (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => expect.unreachable('it was let in'),
    (error: Error) => error,
  );

describe('a registry that asks who we are', () => {
  const server = createServer();
  let url: string;
  let folder: string;
  beforeAll(async () => {
    url = `http://${await started(server, guarded(ours, `Bearer ${SECRET}`))}`;
    folder = await mkdtemp(join(tmpdir(), 'saccade-registry-'));
    await writeFile(join(folder, 'secret'), `${SECRET}\n`);
    Object.assign(process.env, { TEST_USER: 'alice', TEST_SECRET: SECRET, TEST_WRONG: 'no' });
  });
  afterAll(async () => {
    for (const name of ['TEST_USER', 'TEST_SECRET', 'TEST_WRONG']) delete process.env[name];
    server.close();
    await rm(folder, { recursive: true });
  });

  it('takes user and password, or a token, out of the environment or a file', async () => {
    const secretFile = join(folder, 'secret');
    for (const who of [
      { usernameEnv: 'TEST_USER', passwordEnv: 'TEST_SECRET' },
      { usernameEnv: 'TEST_USER', passwordFile: secretFile },
      { tokenEnv: 'TEST_SECRET' },
      { tokenFile: secretFile },
    ]) {
      await expect(schemaRegistry(readOptions('registry', registrySchema, { url, ...who })).ping()).resolves.toBeUndefined();
    }
  });

  it('says what to set, or to correct, and no secret', async () => {
    const anonymous = await failure(schemaRegistry({ url }).ping());
    expect(anonymous).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/answered 401.*set usernameEnv and passwordEnv/),
    });
    const wrong = await failure(schemaRegistry({ url, usernameEnv: 'TEST_USER', passwordEnv: 'TEST_WRONG' }).ping());
    expect(wrong.message).toMatch(/answered 401.*correct what is in TEST_USER and TEST_WRONG/);
    const unset = await failure(schemaRegistry({ url, tokenEnv: 'TEST_NOT_SET' }).ping());
    expect(unset.message).toMatch(/environment variable TEST_NOT_SET is not set/);
    const inAddress = () => readOptions('registry', registrySchema, { url: `http://alice:${SECRET}@127.0.0.1:8081` });
    expect(inAddress).toThrow(/registry.url: must hold no user and password.*found "http:\/\/\*\*\*@127/);
    expect(inspect([anonymous, wrong, unset], { depth: 10 })).not.toContain(SECRET);
  });
});

it('a registry that repeats our token, or our password, does not bring it into a message (issue 11)', async () => {
  const server = createServer();
  const url = `http://${await started(server, ({ headers }, response) => {
    response.writeHead(500).end(`${'x'.repeat(186)} ${headers.authorization}`);
  })}`;
  Object.assign(process.env, { TEST_USER: 'alice', TEST_SECRET: SECRET });
  try {
    for (const who of [{ tokenEnv: 'TEST_SECRET' }, { usernameEnv: 'TEST_USER', passwordEnv: 'TEST_SECRET' }]) {
      const { message } = await failure(schemaRegistry({ url, ...who }).ping());
      expect(message).toContain('answered 500');
      for (const piece of [SECRET.slice(0, 5), ours.slice(14, 19)]) expect(message).not.toContain(piece);
    }
  } finally {
    for (const name of ['TEST_USER', 'TEST_SECRET']) delete process.env[name];
    server.close();
  }
});

describe('an address where no registry is', () => {
  it('is told from a registry that does not answer', async () => {
    const server = createServer();
    const url = `http://${await started(server, (_, response) => response.writeHead(404).end())}`;
    await expect(schemaRegistry({ url }).ping()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('no schema registry'),
    });
    server.close();
    await expect(schemaRegistry({ url }).ping()).rejects.toMatchObject({
      code: 'SOURCE_FAILED',
      retryable: true,
      message: expect.stringMatching(/http:\/\/127.0.0.1:\d+ does not answer: .*ECONNREFUSED/),
    });
  });
});

describe.skipIf(spawnSync('openssl', ['version']).status !== 0)('a registry over TLS (needs openssl)', () => {
  let folder: string;
  let server: Server | undefined;
  const file = (name: string): string => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'saccade-registry-'));
    for (const name of ['server', 'client']) {
      const who = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
      const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
      execFileSync(
        'openssl',
        ['req', '-x509', ...curve, '-days', '2', ...who, '-keyout', file(`${name}.key`), '-out', file(`${name}.crt`)],
        {
          stdio: 'ignore',
        },
      );
    }
  });
  afterEach(() => void server?.close());
  afterAll(() => rm(folder, { recursive: true }));

  const tlsServer = async (more: object = {}): Promise<string> => {
    server = createTlsServer({ key: await readFile(file('server.key')), cert: await readFile(file('server.crt')), ...more });
    return `https://${await started(server, (_, response) => response.end('[]'))}`;
  };

  it('is let in by its authority, and refused without', async () => {
    const url = await tlsServer();
    await expect(schemaRegistry({ url, tls: { caFile: file('server.crt') } }).ping()).resolves.toBeUndefined();
    await expect(schemaRegistry({ url }).ping()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/schema registry https.*not signed by an authority of this system/),
    });
  });

  it('takes our certificate where it asks for one', async () => {
    const url = await tlsServer({ requestCert: true, rejectUnauthorized: true, ca: await readFile(file('client.crt')) });
    const caFile = file('server.crt');
    const us = { certFile: file('client.crt'), keyFile: file('client.key') };
    await expect(schemaRegistry({ url, tls: { caFile, ...us } }).ping()).resolves.toBeUndefined();
    await expect(schemaRegistry({ url, tls: { caFile } }).ping()).rejects.toMatchObject({ name: 'PipelineError' });
  });

  it('is not asked at all with files that are none', async () => {
    const url = await tlsServer();
    const ping = async (tls: object): Promise<void> => schemaRegistry({ url, tls }).ping();
    await expect(ping({ caFile: file('server.key') })).rejects.toThrow(/server.key holds no certificate in PEM/);
    await expect(ping({ caFile: file('nowhere') })).rejects.toThrow(/nowhere cannot be read \(ENOENT\)/);
    await expect(ping({ certFile: file('client.crt') })).rejects.toThrow(/certFile without keyFile; give both/);
    await expect(ping({ certFile: file('client.crt'), keyFile: file('server.key') })).rejects.toThrow(/key values mismatch/);
  });
});
