import type { ApiCodec } from '../apiCodec.ts';
import { classifyErrorReply } from '../errorReply/classifyErrorReply.ts';
import type { HttpReply } from './httpRequest.ts';
import type { CallResult, Reading } from '../transport.ts';

/** What a reply turned out to be: a caption, or why there is none. */
export function readReply(codec: Pick<ApiCodec, 'read'>, reply: HttpReply): CallResult {
  const { status, headers } = reply;
  if (status < 200 || status > 299) return { status, headers, failure: errorIn(reply) };
  const reading = readCaption(codec, reply);
  return { status, headers, reading, ...(reading.failure && { failure: reading.failure }) };
}

function readCaption(codec: Pick<ApiCodec, 'read'>, reply: HttpReply): Reading {
  try {
    const json: unknown = JSON.parse(reply.body);
    if (typeof json === 'object' && json !== null && 'error' in json && json.error) return { text: '', failure: errorIn(reply) };
    return codec.read(json);
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'the reply is not JSON' : 'the reply has no caption where it should be';
    return { text: '', failure: { class: 'malformed', reason } };
  }
}

const errorIn = ({ status, body, headers }: HttpReply) => classifyErrorReply(status, body, headers, Date.now());
