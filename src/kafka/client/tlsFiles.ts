import { createSecureContext } from 'node:tls';
import { z } from 'zod';
import { PipelineError, messageOf } from '../../errors.ts';
import { readFile, readSecret } from './readSecret.ts';

/** PEM files for an encrypted connection. They are read again for each client. */
export interface TlsFiles {
  /** The authority that signed the other side. @default those of the system */
  caFile?: string;
  /** Our certificate with its intermediate certificates, and its key: where the other side authenticates clients. */
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

/** Reads the files, and checks that they are valid. Throws CONFIG_INVALID; `where` begins its message. */
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

/** OpenSSL's reason without its numbers. */
const reasonOf = (cause: unknown): string => (cause as { reason?: string }).reason ?? messageOf(cause);
