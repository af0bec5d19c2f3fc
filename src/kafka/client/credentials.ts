import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { z } from 'zod';
import { PipelineError, messageOf } from '../../errors.ts';

/** Files in PEM for an encrypted connection. They are read anew for each client. */
export interface TlsFiles {
  /** The authority that signed the other side. @default those of the system */
  caFile?: string;
  /** Our certificate, with those between it and its authority, and its key: where the other side asks who we are. */
  certFile?: string;
  keyFile?: string;
  /** Name of the environment variable with the passphrase of an encrypted key. */
  passphraseEnv?: string;
}

export const tlsSchema = z.strictObject({
  caFile: z.string().min(1).exactOptional(),
  certFile: z.string().min(1).exactOptional(),
  keyFile: z.string().min(1).exactOptional(),
  passphraseEnv: z.string().min(1).exactOptional(),
});

/** What node:tls takes. */
interface TlsKeys {
  ca?: string;
  cert?: string;
  key?: string;
  passphrase?: string;
}

/** Reads the files, and tries whether they are what they should be. Throws CONFIG_INVALID; `where` begins its message. */
export function readTls(where: string, { caFile, certFile, keyFile, passphraseEnv }: TlsFiles): TlsKeys {
  if (!certFile !== !keyFile)
    throw new PipelineError('CONFIG_INVALID', `${where}: ${certFile ? 'certFile without keyFile' : 'keyFile without certFile'}; give both`);
  const ca = caFile && readFile(where, caFile);
  if (ca && !ca.includes('-----BEGIN CERTIFICATE-----'))
    throw new PipelineError('CONFIG_INVALID', `${where}: ${caFile} holds no certificate in PEM`);
  const keys = {
    ...(ca && { ca }),
    ...(certFile && { cert: readFile(where, certFile) }),
    ...(keyFile && { key: readFile(where, keyFile) }),
    ...(passphraseEnv && { passphrase: readSecret(where, { env: passphraseEnv }) }),
  };
  try {
    createSecureContext(keys);
  } catch (cause) {
    const files = [caFile, certFile, keyFile].filter(Boolean).join(', ');
    throw new PipelineError(
      'CONFIG_INVALID',
      `${where}: ${files}: ${reasonOf(cause)}; they must be PEM, and the key that of the certificate`,
    );
  }
  return keys;
}

/**
 * A secret out of an environment variable or a file, such as one that Docker or Kubernetes mounts.
 * Throws CONFIG_INVALID naming the variable or file, never its value.
 */
export function readSecret(where: string, { env, file }: { env?: string | undefined; file?: string | undefined }): string {
  const value = env ? process.env[env] : file && readFile(where, file).trim();
  if (value) return value;
  throw new PipelineError('CONFIG_INVALID', `${where}: ${env ? `environment variable ${env} is not set` : `${file} is empty`}`);
}

function readFile(where: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new PipelineError('CONFIG_INVALID', `${where}: ${path} cannot be read (${(cause as NodeJS.ErrnoException).code ?? ''})`, {
      cause,
    });
  }
}

/** OpenSSL's reason without its numbers. */
const reasonOf = (cause: unknown): string => (cause as { reason?: string }).reason ?? messageOf(cause);
