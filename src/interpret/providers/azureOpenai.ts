import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { checkTemperature } from '../upstream/checkTemperature.ts';
import { type ImageDetail, imageDetailOption } from '../upstream/imageDetail.ts';
import { type Thinking, thinkingOption } from '../upstream/thinking.ts';
import { type Target, httpTarget } from '../upstream/target/target.ts';
import { type UpstreamOptions, upstreamFields } from '../upstream/upstreamOptions.ts';
import { chatCompletions } from '../upstream/codecs/chatCompletions.ts';

export interface AzureOpenaiOptions extends UpstreamOptions {
  /** The address of the resource, such as https://NAME.openai.azure.com */
  baseUrl: string;
  /** The name of the deployment. `model` says which model it is, for prices and image tokens. */
  deployment: string;
  /** @default '2024-10-21' */
  apiVersion?: string;
  /** How closely the picture is looked at. @default 'low' */
  detail?: ImageDetail;
  /** `least`: as little as the model can. @default 'least' */
  thinking?: Thinking;
}

const schema = z.strictObject({
  ...upstreamFields,
  baseUrl: z.url('must be the address of the resource'),
  deployment: z.string().min(1, 'must be the name of a deployment'),
  apiVersion: z.string().default('2024-10-21'),
  detail: imageDetailOption,
  thinking: thinkingOption,
});

/**
 * Azure OpenAI: the chat completions of a deployment.
 *
 *   POST /openai/deployments/DEPLOYMENT/chat/completions?api-version=...    api-key: KEY
 */
export function azureOpenai(options: AzureOpenaiOptions): Target {
  const settings = readOptions('azureOpenai', schema, options);
  const { deployment, apiVersion } = settings;
  checkTemperature('azureOpenai', settings.model, settings.temperature);
  return httpTarget(
    {
      ...chatCompletions(settings),
      path: `/openai/deployments/${encodeURIComponent(deployment)}/chat/completions?api-version=${encodeURIComponent(apiVersion)}`,
      provider: 'azureOpenai',
      baseUrl: settings.baseUrl,
      authorise: (key): Record<string, string> => (key ? { 'api-key': key.read() } : {}),
    },
    options,
  );
}
