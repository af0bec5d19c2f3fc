import { PipelineError } from '../../../errors.ts';
import type { Secret } from '../../../secret.ts';
import type { ApiCodec } from '../apiCodec.ts';

/** The headers for each key as the flat list that undici writes without checks. */
export function requestHeaders(codec: ApiCodec): (secret: Secret | undefined) => readonly string[] | Promise<readonly string[]> {
  const fixed = Object.entries({ 'content-type': 'application/json', ...codec.headers }).flat();
  const known = new Map<Secret | undefined, readonly string[]>();
  return (secret) => {
    const found = known.get(secret);
    if (found) return found;
    const authorisation = codec.authorise(secret);
    if (authorisation instanceof Promise) return authorisation.then((fields) => [...fixed, ...Object.entries(fields).flat()]);
    const list = [...fixed, ...Object.entries(authorisation).flat()];
    if (list.some((value) => /[\r\n]/.test(value)))
      throw new PipelineError('CONFIG_INVALID', `key ${secret?.alias ?? ''} holds a line break; store it without`);
    known.set(secret, list);
    return list;
  };
}
