import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { checkTemperature } from '../upstream/checkTemperature.ts';
import { onceResolved } from '../upstream/onceResolved.ts';
import { type Thinking, thinkingOption } from '../upstream/thinking.ts';
import { type Target, httpTarget } from '../upstream/target/target.ts';
import { type UpstreamOptions, upstreamFields } from '../upstream/upstreamOptions.ts';
import { generateContent } from '../upstream/codecs/generateContent.ts';

export interface VertexOptions extends Omit<UpstreamOptions, 'keys'> {
  /** The Google Cloud project. */
  project: string;
  /** @default 'global' */
  location?: string;
  /** Path of a service account's JSON file. @default application default credentials, such as GOOGLE_APPLICATION_CREDENTIALS */
  credentials?: string;
  /** How closely the picture is looked at. @default 'low' */
  mediaResolution?: 'low' | 'medium' | 'default';
  /** `least`: as little as the model can. @default 'least' */
  thinking?: Thinking;
}

const { keys: _, ...fields } = upstreamFields;

const schema = z.strictObject({
  ...fields,
  project: z.string().min(1, 'must be the id of a Google Cloud project'),
  location: z.string().min(1).default('global'),
  credentials: z.string().optional(),
  mediaResolution: z.enum(['low', 'medium', 'default']).default('low'),
  thinking: thinkingOption,
});

/** Gemini on Vertex AI, with the OAuth token of a service account. See upstream/codecs/generateContent.ts for the bytes. */
export function vertex(options: VertexOptions): Target {
  const settings = readOptions('vertex', schema, options);
  const { project, location, credentials } = settings;
  checkTemperature('vertex', settings.model, settings.temperature);
  const host = location === 'global' ? 'aiplatform.googleapis.com' : `${location}-aiplatform.googleapis.com`;
  const token = tokens(credentials);
  return httpTarget(
    {
      ...generateContent(settings),
      provider: 'vertex',
      baseUrl: `https://${host}/v1/projects/${project}/locations/${location}/publishers/google`,
      reaches: [{ address: credentials === undefined ? null : 'oauth2.googleapis.com:443', carries: 'a signed request for a token' }],
      authorise: async () => ({ authorization: `Bearer ${await token()}` }),
    },
    options,
  );
}

interface TokenSource {
  getAccessToken(): Promise<string | null | undefined | { token?: string | null | undefined }>;
}

/** The library keeps the token and renews it before it ends. It is loaded at the first call, so that other pipelines do not load it. */
function tokens(keyFile: string | undefined): () => Promise<string> {
  const source = onceResolved(async () => sourceOf(keyFile));
  return async () => {
    const got = await (await source()).getAccessToken();
    const token = typeof got === 'object' ? got?.token : got;
    if (!token) throw new Error('Google gave no access token');
    return token;
  };
}

async function sourceOf(keyFile: string | undefined): Promise<TokenSource> {
  const { GoogleAuth, JWT } = await import('google-auth-library');
  const scopes = ['https://www.googleapis.com/auth/cloud-platform'];
  if (keyFile === undefined) return new GoogleAuth({ scopes });
  const account = JSON.parse(await readFile(keyFile, 'utf8')) as { type: string; client_email: string; private_key: string };
  return account.type === 'service_account'
    ? new JWT({ email: account.client_email, key: account.private_key, scopes })
    : new GoogleAuth({ scopes, credentials: account as never });
}
