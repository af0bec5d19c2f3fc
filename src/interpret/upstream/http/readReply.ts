import type { ApiCodec } from '../apiCodec.ts';
import { classifyErrorReply } from '../errorReply/classifyErrorReply.ts';
import type { HttpReply } from './httpRequest.ts';
import { soundReading } from '../soundReading.ts';
import type { CallResult, Reading } from '../transport.ts';

/** Takes secrets out of a text. */
type Redact = (text: string) => string;

/**
 * What a reply turned out to be: a caption, or why there is none.
 *
 * @param redact what an upstream says may repeat the key that it was given
 */
export function readReply(codec: Pick<ApiCodec, 'read'>, reply: HttpReply, redact: Redact): CallResult {
  const { status, headers } = reply;
  if (status < 200 || status > 299) return { status, headers, failure: errorIn(reply, redact) };
  const reading = readCaption(codec, reply, redact);
  return { status, headers, reading, ...(reading.failure && { failure: reading.failure }) };
}

function readCaption(codec: Pick<ApiCodec, 'read'>, reply: HttpReply, redact: Redact): Reading {
  try {
    const json: unknown = JSON.parse(reply.body);
    if (typeof json === 'object' && json !== null && 'error' in json && json.error) return { text: '', failure: errorIn(reply, redact) };
    return soundReading(codec.read(json), redact);
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'the reply is not JSON' : 'the reply has no caption where it should be';
    return { text: '', failure: { class: 'malformed', reason } };
  }
}

const errorIn = ({ status, body, headers }: HttpReply, redact: Redact) => classifyErrorReply(status, body, headers, Date.now(), redact);
