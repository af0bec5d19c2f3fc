import { print, printJson } from '../support/print.ts';
import { execFile } from 'node:child_process';
import { access, constants, statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { topicNames } from '../../kafka/client/ensureTopic.ts';
import { codeOf, messageOf } from '../../errors.ts';
import { connectOrExplain } from '../../kafka/client/connectOrExplain.ts';
import { schemaRegistry } from '../../kafka/client/schemaRegistry.ts';
import { type KafkaFlags, connectionOf, registryOf, withKafkaFlags } from '../support/kafkaFlags.ts';
import { loadPipeline } from '../support/loadPipeline.ts';

interface DoctorFlags extends KafkaFlags {
  registry?: string;
  pipeline?: string;
  json?: true;
}

interface Finding {
  readonly what: string;
  /** `absent`: missing, and only needed for some things. */
  readonly state: 'ok' | 'absent' | 'broken';
  readonly found: string;
  /** What to do about it. */
  readonly advice: string;
}

const run = promisify(execFile);

/** `doctor`: what this machine has and lacks. Exit code 1 when something is broken that every run needs, or that was named. */
export const doctor = (program: Command): void => {
  withKafkaFlags(
    program
      .command('doctor')
      .description('what this machine has and lacks: Node, broker, registry, keys, container engine')
      .option('--registry <url>', 'schema registry to ask')
      .option('--pipeline <module>', 'also: are the keys of this pipeline set?')
      .option('--json', 'one JSON object instead of a table'),
  ).action(async (flags: DoctorFlags, command: Command) => {
    const findings = await Promise.all([
      node(),
      broker(flags, Boolean(process.env['KAFKA_BROKERS']) || command.getOptionValueSource('brokers') === 'cli'),
      registry(flags.registry),
      containers(),
      java(),
      writable(),
      disk(),
      flags.pipeline ? keys(flags.pipeline) : vendorKeys(),
    ]);
    if (flags.json) printJson({ findings });
    else print(table(findings));
    if (findings.some(({ state }) => state === 'broken')) process.exitCode = 1;
  });
};

const ok = (what: string, found: string): Finding => ({ what, state: 'ok', found, advice: '' });
const absent = (what: string, found: string, advice: string): Finding => ({ what, state: 'absent', found, advice });
const broken = (what: string, found: string, advice: string): Finding => ({ what, state: 'broken', found, advice });

async function node(): Promise<Finding> {
  const { node: version } = process.versions;
  return Number(version.split('.')[0]) >= 24
    ? ok('Node', version)
    : broken('Node', version, 'Saccade needs Node 24: `npm ci` brings it, `npm run saccade` uses it');
}

async function broker(flags: DoctorFlags, isNamed: boolean): Promise<Finding> {
  try {
    const admin = (await connectOrExplain(connectionOf(flags), { mustAnswer: true })).admin();
    try {
      await admin.connect();
      const { brokers } = await admin.describeCluster();
      const topics = await topicNames(admin);
      return ok('Kafka', `${brokers.length} broker${brokers.length === 1 ? '' : 's'} at ${flags.brokers}, ${topics.length} topics`);
    } finally {
      await admin.disconnect();
    }
  } catch (error) {
    const found = messageOf(error);
    return isNamed || codeOf(error) === 'CONFIG_INVALID'
      ? broken('Kafka', found, 'see --brokers and --tls, --sasl of `doctor --help`, or the variables in docs/kafka.md')
      : absent('Kafka', found, 'not needed for `demo` and recordings; otherwise `docker compose up kafka`, or give --brokers');
  }
}

async function registry(url: string | undefined): Promise<Finding> {
  try {
    const options = registryOf(url);
    if (!options)
      return absent('schema registry', 'none named', 'not needed: records are then Avro single objects; --registry or SCHEMA_REGISTRY_URL');
    await schemaRegistry(options).ping();
    return ok('schema registry', options.url);
  } catch (error) {
    return broken('schema registry', messageOf(error), 'start it, or leave it out: records are then Avro single objects');
  }
}

async function containers(): Promise<Finding> {
  try {
    const { stdout } = await run('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: 5000 });
    return ok('container engine', stdout.trim());
  } catch {
    return absent('container engine', 'none answers', 'only needed for `docker compose up` and `kafka-broker/image/test.sh`');
  }
}

async function java(): Promise<Finding> {
  try {
    const [{ stderr }] = await Promise.all([run('java', ['-version'], { timeout: 10_000 }), run('mvn', ['-v'], { timeout: 10_000 })]);
    return ok('Java and Maven', stderr.split('\n')[0] ?? '');
  } catch {
    return absent('Java and Maven', 'not both installed', 'only needed for tests over a real broker where there is no other');
  }
}

async function writable(): Promise<Finding> {
  try {
    await access('.', constants.W_OK);
    return ok('this folder', 'can be written to');
  } catch {
    return broken('this folder', 'cannot be written to', 'ledger, frames and captions go there by default: change to another folder');
  }
}

/** Frames take the most space: those of the demo have 6 kB each. */
const ENOUGH_BYTES = 5 * 2 ** 30;

async function disk(): Promise<Finding> {
  const { bavail, bsize } = await statfs('.');
  const free = `${((bavail * bsize) / 2 ** 30).toFixed(1)} GiB free in this folder`;
  return bavail * bsize > ENOUGH_BYTES
    ? ok('disk', free)
    : absent('disk', free, 'a million kept frames take 6 GiB and more: use another folder, or a pipeline without frames');
}

/** The usual names; --pipeline checks those that a pipeline needs. */
const KEY_VARIABLES = ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GEMINI_API_KEY', 'AZURE_OPENAI_API_KEY', 'GOOGLE_APPLICATION_CREDENTIALS'];

function vendorKeys(): Finding {
  const there = KEY_VARIABLES.filter((name) => process.env[name]);
  return there.length > 0
    ? ok('keys', `set: ${there.join(', ')}`)
    : absent('keys', `not set: ${KEY_VARIABLES.join(', ')}`, 'only needed for real vendors; the simulator needs none');
}

async function keys(module: string): Promise<Finding> {
  const { captioner } = await loadPipeline(module);
  const missing = [...new Set(captioner.plan.targets.flatMap((target) => target.missingKeys()))];
  return missing.length === 0
    ? ok('keys', `all of ${module}`)
    : broken('keys', `not set: ${missing.join(', ')}`, 'export them, or name others in the pipeline');
}

function table(findings: readonly Finding[]): string {
  const signs = { ok: '✓', absent: '–', broken: '✗' } as const;
  const width = Math.max(...findings.map(({ what }) => what.length));
  return findings
    .map(
      ({ what, state, found, advice }) =>
        `${signs[state]} ${what.padEnd(width)}  ${found}${advice ? `\n  ${' '.repeat(width)}  ${advice}` : ''}\n`,
    )
    .join('');
}
