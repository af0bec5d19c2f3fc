import { Agent, fetch } from 'undici';
import { z } from 'zod';
import { PipelineError, messageOf } from '../../errors.ts';
import { redactor } from '../../redactor.ts';
import { type TlsFiles, readTls, tlsSchema } from './tlsFiles.ts';
import { readSecret } from './readSecret.ts';
import { shown } from '../../stage/shown.ts';
import { adviceOn, refusalOf } from './connectionRefusal.ts';

/** A schema registry with the API of Confluent's: also Karapace, Apicurio (`/apis/ccompat/v7`), Redpanda. */
export interface RegistryOptions {
  /** Its address, such as http://localhost:8081. */
  url: string;
  /** Environment variables with user and password, where it needs them; the password may be in a file. */
  usernameEnv?: string;
  passwordEnv?: string;
  passwordFile?: string;
  /** Environment variable or file with a bearer token, where it needs one; read again for each call. */
  tokenEnv?: string;
  tokenFile?: string;
  /** For https, where its authority is not one of the system's, or where it authenticates clients by a certificate. */
  tls?: TlsFiles;
}

const name = z.string().min(1).exactOptional();

export const registrySchema = z
  .strictObject({
    url: z.url({ protocol: /^https?$/, error: 'must be an address with http or https' }),
    usernameEnv: name,
    passwordEnv: name,
    passwordFile: name,
    tokenEnv: name,
    tokenFile: name,
    tls: tlsSchema.exactOptional(),
  })
  .refine(({ url }) => !/^[^/]*\/\/[^/]*@/.test(url), {
    path: ['url'],
    message: 'must hold no user and password; put them into the environment, and set usernameEnv and passwordEnv',
  })
  .refine(({ usernameEnv, passwordEnv, passwordFile }) => Number(!!passwordEnv) + Number(!!passwordFile) === Number(!!usernameEnv), {
    message: 'needs usernameEnv with passwordEnv or passwordFile',
  })
  .refine(({ usernameEnv, tokenEnv, tokenFile }) => Number(!!usernameEnv) + Number(!!tokenEnv) + Number(!!tokenFile) <= 1, {
    message: 'takes a user or a token, one of both',
  });

export interface SchemaRegistry {
  /** The text of a schema. */
  byId(id: number): Promise<string>;
  /** The text of each version of a subject, oldest first; none where there is no such subject. */
  versions(subject: string): Promise<readonly string[]>;
  /** The id of a schema under a subject; it is registered when it is not there yet. */
  register(subject: string, schema: string): Promise<number>;
  setCompatibility(subject: string, compatibility: 'BACKWARD_TRANSITIVE'): Promise<void>;
  /** Rejects when the registry does not answer, or does not accept us. */
  ping(): Promise<void>;
}

/** A client of the few calls that Saccade makes. Schemas never change under their id, so they are kept. */
export function schemaRegistry(options: RegistryOptions): SchemaRegistry {
  const base = options.url.replace(/\/$/, '');
  const kept = new Map<number, Promise<string>>();
  let agent: Agent | undefined;

  const call = async <Answer>(method: string, path: string, body?: object): Promise<Answer | undefined> => {
    const authorization = authorizationOf(options);
    if (options.tls) agent ??= new Agent({ connect: readTls('registry.tls', options.tls) });
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        accept: 'application/vnd.schemaregistry.v1+json',
        ...(body && { 'content-type': 'application/vnd.schemaregistry.v1+json' }),
        ...(authorization && { authorization }),
      },
      ...(body && { body: JSON.stringify(body) }),
      ...(agent && { dispatcher: agent }),
      signal: AbortSignal.timeout(10_000),
    }).catch((cause: unknown) => {
      throw unreachable(base, cause, options.tls);
    });
    if (response.status === 404) return undefined;
    const text = await response.text();
    const where = `schema registry ${base}: ${method} ${path}`;
    const said = (): string => redactor(secretsOf(options))(text.slice(0, LOOKED_AT)).slice(0, KEPT);
    if (response.ok) return answerOf(text, where, said) as Answer;
    throw refused(`${where} answered ${response.status} ${said()}`, response.status, options);
  };

  const fetchSchema = async (id: number): Promise<string> => {
    const found = await call<{ schema?: unknown } | null>('GET', `/schemas/ids/${id}`);
    if (found === undefined) throw new PipelineError('INPUT_UNREADABLE', `schema registry ${base} has no schema ${id}`);
    if (typeof found?.schema === 'string') return found.schema;
    throw new PipelineError('INPUT_UNREADABLE', `schema registry ${base} answered without the text of schema ${id}`);
  };

  return {
    byId(id) {
      const known = kept.get(id);
      if (known) return known;
      const fetched = fetchSchema(id);
      kept.set(id, fetched);
      fetched.catch(() => kept.delete(id));
      return fetched;
    },
    async versions(subject) {
      const path = `/subjects/${encodeURIComponent(subject)}/versions`;
      const numbers = (await call<number[]>('GET', path)) ?? [];
      const found = await Promise.all(numbers.map((number) => call<{ schema: string }>('GET', `${path}/${number}`)));
      return found.flatMap((version) => (version ? [version.schema] : []));
    },
    async register(subject, schema) {
      const answer = await call<{ id: number }>('POST', `/subjects/${encodeURIComponent(subject)}/versions`, { schema });
      if (!answer) throw new PipelineError('SINK_FAILED', `schema registry ${base} did not take the schema of '${subject}'`);
      return answer.id;
    },
    async setCompatibility(subject, compatibility) {
      await call('PUT', `/config/${encodeURIComponent(subject)}`, { compatibility });
    },
    async ping() {
      if (!(await call('GET', '/subjects')))
        throw new PipelineError('CONFIG_INVALID', `${base} is no schema registry: it knows no /subjects; correct the address`);
    },
  };
}

/** Of the text of an error: what is looked at for secrets, and what is kept of it. */
const LOOKED_AT = 16_384;
const KEPT = 200;

function secretsOf({ passwordEnv, passwordFile, tokenEnv, tokenFile }: RegistryOptions): string[] {
  if (tokenEnv || tokenFile) return [readSecret('registry', { env: tokenEnv, file: tokenFile })];
  return passwordEnv || passwordFile ? [readSecret('registry', { env: passwordEnv, file: passwordFile })] : [];
}

/** @param said the same text without secrets: the parser's own error would quote it as it is */
function answerOf(text: string, where: string, said: () => string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PipelineError('INPUT_UNREADABLE', `${where} answered ${shown(said())}, which is no JSON; correct the address`);
  }
}

function authorizationOf({ usernameEnv, passwordEnv, passwordFile, tokenEnv, tokenFile }: RegistryOptions): string | undefined {
  if (tokenEnv || tokenFile) return `Bearer ${readSecret('registry', { env: tokenEnv, file: tokenFile })}`;
  if (!usernameEnv) return undefined;
  const user = readSecret('registry', { env: usernameEnv });
  const password = readSecret('registry', { env: passwordEnv, file: passwordFile });
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function unreachable(base: string, error: unknown, tls: TlsFiles | undefined): PipelineError {
  // What went wrong is in the cause; undici's own message is 'fetch failed'.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const why = refusalOf(cause);
  if (why) return new PipelineError('CONFIG_INVALID', `schema registry ${base} ${adviceOn(why, { tls: tls ?? true })}`, { cause });
  return new PipelineError('SOURCE_FAILED', `schema registry ${base} does not answer: ${messageOf(cause)}`, { cause, retryable: true });
}

function refused(
  text: string,
  status: number,
  { usernameEnv, passwordEnv, passwordFile, tokenEnv, tokenFile }: RegistryOptions,
): PipelineError {
  if (status !== 401 && status !== 403)
    return new PipelineError('SOURCE_FAILED', text, { retryable: status >= 500 || status === 429 || status === 408 });
  const places = [usernameEnv, passwordEnv ?? passwordFile, tokenEnv ?? tokenFile].filter(Boolean).join(' and ');
  const advice = places ? `correct what is in ${places}` : 'set usernameEnv and passwordEnv, or tokenEnv';
  return new PipelineError('CONFIG_INVALID', `${text}; ${advice}`);
}
