import { z } from 'zod';
import { PipelineError, messageOf } from '../errors.ts';

/** A schema registry that speaks the API of Confluent's: also Karapace, Apicurio (`/apis/ccompat/v7`), Redpanda. */
export interface RegistryOptions {
  /** Its address, such as http://localhost:8081. */
  url: string;
  /** Names of environment variables with user and password, where it asks for them. */
  usernameEnv?: string;
  passwordEnv?: string;
}

export const registrySchema = z.strictObject({
  url: z.url(),
  usernameEnv: z.string().min(1).exactOptional(),
  passwordEnv: z.string().min(1).exactOptional(),
});

export interface Registry {
  /** The text of a schema. */
  byId(id: number): Promise<string>;
  /** The text of each version of a subject, oldest first; none where there is no such subject. */
  versions(subject: string): Promise<readonly string[]>;
  /** The id of a schema under a subject; it is registered when it is not there yet. */
  register(subject: string, schema: string): Promise<number>;
  setCompatibility(subject: string, compatibility: 'BACKWARD_TRANSITIVE'): Promise<void>;
  /** Rejects when the registry does not answer. */
  ping(): Promise<void>;
}

/** A client of the four calls that Saccade makes. Schemas never change under their id, so they are kept. */
export function registryClient({ url, usernameEnv, passwordEnv }: RegistryOptions): Registry {
  const base = url.replace(/\/$/, '');
  const kept = new Map<number, Promise<string>>();

  const call = async <Answer>(method: string, path: string, body?: object): Promise<Answer | undefined> => {
    const user = usernameEnv && process.env[usernameEnv];
    const authorization = user && `Basic ${Buffer.from(`${user}:${(passwordEnv && process.env[passwordEnv]) ?? ''}`).toString('base64')}`;
    let response: Response;
    try {
      response = await fetch(`${base}${path}`, {
        method,
        headers: {
          accept: 'application/vnd.schemaregistry.v1+json',
          ...(body && { 'content-type': 'application/vnd.schemaregistry.v1+json' }),
          ...(authorization && { authorization }),
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(10_000),
      });
    } catch (cause) {
      throw new PipelineError('SOURCE_FAILED', `schema registry ${base} does not answer: ${messageOf(cause)}`, { cause, retryable: true });
    }
    if (response.status === 404) return undefined;
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as Answer;
    throw new PipelineError('SOURCE_FAILED', `schema registry: ${method} ${path} answered ${response.status} ${text.slice(0, 200)}`, {
      retryable: response.status >= 500,
    });
  };

  const fetchSchema = async (id: number): Promise<string> => {
    const found = await call<{ schema: string }>('GET', `/schemas/ids/${id}`);
    if (!found) throw new PipelineError('INPUT_UNREADABLE', `schema registry ${base} has no schema ${id}`);
    return found.schema;
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
      await call('GET', '/subjects');
    },
  };
}
