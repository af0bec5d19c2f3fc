import { PipelineError } from '../../../errors.ts';
import type { Secret } from '../../../secret.ts';
import type { ApiCodec } from '../apiCodec.ts';
import { redactor } from '../../../redactor.ts';

/** The headers of calls with one key. */
export interface RequestHeaders {
  /** Names and values in turn: the flat list that undici writes without checks. */
  readonly list: readonly string[];
  /** Takes the key, or the token that was fetched in its place, out of what the upstream says. */
  readonly redact: (text: string) => string;
}

/** The headers for each key. */
export function requestHeaders(codec: ApiCodec): (secret: Secret | undefined) => RequestHeaders | Promise<RequestHeaders> {
  const fixed = Object.entries({ 'content-type': 'application/json', ...codec.headers }).flat();
  const known = new Map<Secret | undefined, RequestHeaders>();
  const headersFor = (secret: Secret | undefined, authorisation: Readonly<Record<string, string>>): RequestHeaders => {
    const before = known.get(secret);
    const fields = Object.entries(authorisation).flat();
    // A token is fetched anew now and then, and a key file may have changed.
    if (before && fields.every((field, i) => before.list[fixed.length + i] === field)) return before;
    const list = [...fixed, ...fields];
    if (list.some((value) => /[\r\n]/.test(value)))
      throw new PipelineError('CONFIG_INVALID', `key ${secret?.alias ?? ''} holds a line break; store it without`);
    const redact = redactor(Object.values(authorisation).map((value) => value.replace(/^Bearer /, '')));
    const headers = { list, redact };
    known.set(secret, headers);
    return headers;
  };
  return (secret) => {
    const authorisation = codec.authorise(secret);
    return authorisation instanceof Promise
      ? authorisation.then((fields) => headersFor(secret, fields))
      : headersFor(secret, authorisation);
  };
}
