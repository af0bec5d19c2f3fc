import { type ApiCodec, IMAGE, type Reading, type Target, type UpstreamOptions, httpTarget } from 'saccade';

export interface PlainHttpOptions extends UpstreamOptions {
  /** Where the server listens. */
  baseUrl: string;
}

/** A provider: `POST /caption {"question": ..., "image": base64}` is answered with `{"text": ..., "tokens": [in, out]}`. */
export const plainHttp = (options: PlainHttpOptions): Target => {
  const codec: ApiCodec = {
    provider: 'plainHttp',
    baseUrl: options.baseUrl,
    path: '/caption',
    params: {},
    authorise: (key): Record<string, string> => (key ? { 'x-key': key.read() } : {}),
    body: ({ prompt }) => ({ model: options.model, question: `${prompt.system}\n${prompt.user}`, image: IMAGE }),
    read(json): Reading {
      const { text, tokens } = json as { text: string; tokens: [number, number] };
      return { text, usage: { input: tokens[0], cachedInput: 0, cacheWrite: 0, output: tokens[1] } };
    },
  };
  return httpTarget(codec, options);
};
