import { readFileSync } from 'node:fs';
import { PipelineError } from './errors.ts';

/** A key that is read when it is first needed. The value lives only in the closure: printing or logging a secret shows its alias. */
export interface Secret {
  /** What records, metrics and messages call it. */
  readonly alias: string;
  /** Throws CONFIG_INVALID naming the variable or file where there is nothing to read. */
  read(): string;
  /** What is missing, for people; undefined where the secret can be read. */
  missing(): string | undefined;
  /** Reads it again from where it is kept, such as a file that was replaced. Whether it is another than the one given now; absent: it never is. */
  changedFrom?(value: string): boolean;
}

/** Keys from environment variables; the names are the aliases. A variable that is not set is reported by `check`, and fails when the key is needed. */
export const envs = (...names: readonly [string, ...string[]]): readonly Secret[] =>
  names.map((name) => secret(name, `environment variable ${name}`, () => process.env[name]));

/** Keys from files, one each, such as Docker secrets; the aliases are the paths. */
export const files = (...paths: readonly [string, ...string[]]): readonly Secret[] =>
  paths.map((path) => secret(path, `key file ${path}`, () => readFileSync(path, 'utf8').trim()));

/** A key that is known already: for simulators and tests. */
export const known = (alias: string, value: string): readonly Secret[] => [secret(alias, `key ${alias}`, () => value)];

function secret(alias: string, what: string, find: () => string | undefined): Secret {
  let value: string | undefined;
  const look = (): string | undefined => {
    try {
      return find() || undefined;
    } catch {
      return undefined;
    }
  };
  const attempt = (): string | undefined => (value ??= look());
  return {
    alias,
    missing: () => (attempt() === undefined ? alias : undefined),
    read() {
      const found = attempt();
      if (found === undefined) throw new PipelineError('CONFIG_INVALID', `${what} is not set or empty; set it to the vendor's API key`);
      return found;
    },
    changedFrom(before) {
      // A file that is being replaced may be away for a moment: the value that was read stays.
      value = look() ?? value;
      return value !== before;
    },
  };
}
