import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './freePort.ts';

const run = promisify(execFile);
const POM = new URL('./pom.xml', import.meta.url).pathname;

export type KafkaVersion = '4.1' | '3.9';

export interface LocalBroker {
  /** Where it listens, also after a restart. */
  readonly brokers: readonly string[];
  /** Where each of `listeners` listens. */
  readonly listeners: Readonly<Record<string, readonly string[]>>;
  /** Stops it in order, and removes its data. */
  stop(): Promise<void>;
  /** SIGKILL, then a new start over the same data. */
  restart(signal?: 'SIGTERM' | 'SIGKILL', whileDown?: () => Promise<void>): Promise<void>;
}

type Properties = Readonly<Record<string, string | number | boolean>>;

export interface LocalBrokerOptions {
  version?: KafkaVersion;
  /** More lines of server.properties. */
  properties?: Properties;
  /** Listeners beside the one without encryption and passwords, by name in capitals; `properties` say with which keys. */
  listeners?: Readonly<Record<string, 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL'>>;
  /** Users as kafka-storage takes them: `SCRAM-SHA-256=[name=alice,password=...]`. */
  scram?: readonly string[];
  /** Heap of the broker. @default '512m' */
  heap?: string;
}

/** Starts Apache Kafka as a single KRaft node on free ports of this machine. Rejects with what is missing. */
export async function startLocalBroker({
  version = '4.1',
  properties = {},
  listeners = {},
  scram = [],
  heap = '512m',
}: LocalBrokerOptions = {}): Promise<LocalBroker> {
  const libs = await artifacts(version);
  const folder = await mkdtemp(join(tmpdir(), 'saccade-kafka-'));
  const protocols = { PLAINTEXT: 'PLAINTEXT', CONTROLLER: 'PLAINTEXT', ...listeners };
  const addresses: Record<string, string> = {};
  for (const name of Object.keys(protocols)) addresses[name] = `127.0.0.1:${await freePort()}`;
  await writeFile(join(folder, 'server.properties'), propertiesText(version, folder, protocols, addresses, properties));
  await writeFile(join(folder, 'log4j.properties'), LOG4J_1);
  await writeFile(join(folder, 'log4j2.properties'), LOG4J_2);

  const log =
    version === '3.9' ? `-Dlog4j.configuration=file:${folder}/log4j.properties` : `-Dlog4j2.configurationFile=${folder}/log4j2.properties`;
  const java = (maxHeap: string, ...rest: string[]): string[] => [
    `-Xmx${maxHeap}`,
    '-XX:+UseSerialGC',
    '-Xshare:auto',
    '-Djava.awt.headless=true',
    log,
    `-Dkafka.logs.dir=${folder}/logs`,
    '-cp',
    `${libs}/*`,
    ...rest,
  ];
  const format = ['kafka.tools.StorageTool', 'format', '-t', 'c2FjY2FkZS1zYWNjYWRlLQ', '-c', `${folder}/server.properties`];
  const users = scram.flatMap((user) => ['--add-scram', user]);
  await run('java', java('256m', ...format, ...(version === '3.9' ? [] : ['--standalone']), ...users));

  let broker = await started(java(heap, 'kafka.Kafka', `${folder}/server.properties`), folder);
  return {
    brokers: [addresses['PLAINTEXT']!],
    listeners: Object.fromEntries(Object.keys(listeners).map((name) => [name, [addresses[name]!]])),
    async stop() {
      await ended(broker, 'SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
    async restart(signal = 'SIGKILL', whileDown) {
      await ended(broker, signal);
      await whileDown?.();
      broker = await started(java(heap, 'kafka.Kafka', `${folder}/server.properties`), folder);
    },
  };
}

/** The folder with the jars, fetched by Maven when it is not there. It lies outside the work tree and is shared by all of them. */
export async function artifacts(version: KafkaVersion): Promise<string> {
  const pom = await readFile(POM, 'utf8');
  const digest = createHash('sha256').update(pom).digest('hex').slice(0, 8);
  const cache = process.env.SACCADE_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'saccade');
  const libs = join(cache, `kafka-${version}-${digest}`);
  if (existsSync(libs)) return libs;
  await mkdir(cache, { recursive: true });
  const fresh = await mkdtemp(join(cache, 'fetching-'));
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${fresh}`, '-DincludeScope=runtime'];
  await run('mvn', ['-B', '-q', '-f', POM, `-Pkafka${version.replace('.', '')}`, ...goal], { timeout: 300_000 });
  // Two that fetch at once: the second finds the first one's folder, and that is as good.
  await rename(fresh, libs).catch(() => rm(fresh, { recursive: true }));
  return libs;
}

const propertiesText = (
  version: KafkaVersion,
  folder: string,
  protocols: Readonly<Record<string, string>>,
  addresses: Readonly<Record<string, string>>,
  more: Properties,
): string =>
  Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    // 4.x formats with --standalone, which refuses static voters.
    ...(version === '3.9'
      ? { 'controller.quorum.voters': `1@${addresses['CONTROLLER']}` }
      : { 'controller.quorum.bootstrap.servers': addresses['CONTROLLER'] }),
    listeners: list(addresses, '://'),
    'advertised.listeners': list(addresses, '://'),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': list(protocols, ':'),
    'log.dirs': `${folder}/data`,
    'num.partitions': 4,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    // After a SIGKILL the controller waits for the old session to end before it lets the broker in again.
    'broker.session.timeout.ms': 1000,
    'broker.heartbeat.interval.ms': 250,
    'auto.create.topics.enable': false,
    'log.retention.check.interval.ms': 1000,
    ...more,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');

const list = (entries: Readonly<Record<string, string>>, between: string): string =>
  Object.entries(entries)
    .map(([name, value]) => name + between + value)
    .join(',');

const LOG4J_1 = `log4j.rootLogger=INFO, A
log4j.appender.A=org.apache.log4j.ConsoleAppender
log4j.appender.A.layout=org.apache.log4j.PatternLayout
log4j.appender.A.layout.ConversionPattern=%p %m (%c)%n
`;
const LOG4J_2 = `status=error
appender.a.type=Console
appender.a.name=A
appender.a.layout.type=PatternLayout
appender.a.layout.pattern=%p %m (%c)%n
rootLogger.level=INFO
rootLogger.appenderRef.a.ref=A
`;

/**
 * A broker must not outlive the process that started it, however that process ends. A shell waits for the end of its input, which is
 * a pipe from this process, and then kills the broker and removes its folder.
 */
function guard(broker: ChildProcess, folder: string): void {
  const script = 'read -r _; kill -KILL "$0"; rm -rf "$1"';
  const watcher = spawn('sh', ['-c', script, String(broker.pid), folder], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  watcher.unref();
  broker.once('exit', () => watcher.kill('SIGKILL'));
}

/** Resolves when the broker says that it has started; rejects with the end of its log when it ends before. */
function started(args: readonly string[], folder: string): Promise<ChildProcess> {
  const child = spawn('java', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.once('spawn', () => guard(child, folder));
  return new Promise((resolve, reject) => {
    let tail = '';
    const hear = (chunk: Buffer): void => {
      const text = tail + chunk.toString();
      tail = text.slice(-4000);
      // A busy machine hands over more than the tail at once.
      if (text.includes('Kafka Server started')) {
        child.stdout.off('data', hear).resume();
        child.stderr.off('data', hear).resume();
        resolve(child);
      }
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      reject(new Error(`Kafka ended with ${code ?? signal} before it had started:\n${tail}`));
    });
  });
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}
