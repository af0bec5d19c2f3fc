import { readFileSync } from 'node:fs';
import { PipelineError } from '../../errors.ts';

/**
 * A secret from an environment variable or a file, such as one that Docker or Kubernetes mounts.
 * Throws CONFIG_INVALID naming the variable or file, never its value.
 */
export function readSecret(where: string, { env, file }: { env?: string | undefined; file?: string | undefined }): string {
  const value = env ? process.env[env] : file && readFile(where, file).trim();
  if (value) return value;
  throw new PipelineError('CONFIG_INVALID', `${where}: ${env ? `environment variable ${env} is not set` : `${file} is empty`}`);
}

/** The text of a file. Throws CONFIG_INVALID; `where` begins its message. */
export function readFile(where: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new PipelineError('CONFIG_INVALID', `${where}: ${path} cannot be read (${(cause as NodeJS.ErrnoException).code ?? ''})`, {
      cause,
    });
  }
}
