import { type Observable, defer, map, of, switchMap } from 'rxjs';
import { goOnWith } from '../../stage/goOnWith.ts';
import type { Answer } from '../caption.ts';
import type { Captioner } from '../captioner.ts';
import type { CaptionRequest } from '../captionRequest.ts';
import { promptRequest } from '../promptRequest.ts';
import { readStructured } from '../structured/readStructured.ts';
import { wrapCaptioner } from './support/wrapCaptioner.ts';

/**
 * An answer without parts, where parts were asked for, is sent back once, as words without the picture, to be put
 * into the right form (flag `json_repaired`). Where that fails too the first answer goes on as it is, to be used as
 * plain text: no frame is lost because of bad JSON. JSON that can be read leniently is not sent back.
 */
export function repair(inner: Captioner): Captioner {
  return wrapCaptioner(
    inner,
    (target, request) => target(request).pipe(switchMap((answer) => repaired(target, request, answer))),
    'bad JSON is sent back once',
  );
}

function repaired(target: Captioner, request: CaptionRequest, answer: Answer): Observable<Answer> {
  const { schema, maxOutputTokens } = request.prompt;
  if (!schema || answer.flags.includes('motion_only') || readStructured(answer.text).structured) return of(answer);
  const prompt = promptRequest({
    system:
      'You turn a description into one JSON object of the given form. Keep every fact, add none. Answer with the object and nothing else.',
    user: `Form, as a JSON schema:\n${JSON.stringify(schema)}\n\nDescription:\n${answer.text}`,
    maxOutputTokens,
    schema,
  });
  const image = { ...request.image, bytes: new Uint8Array(), sha256: '' };
  return defer(() => target({ ...request, image, prompt })).pipe(
    map((second) => (readStructured(second.text).structured ? merged(answer, second) : answer)),
    goOnWith('repair', () => of(answer)),
  );
}

/** The text of the second answer under the identity of the first; both were billed. */
const merged = (first: Answer, second: Answer): Answer => ({
  ...first,
  text: second.text,
  inputTokens: first.inputTokens + second.inputTokens,
  outputTokens: first.outputTokens + second.outputTokens,
  costUsd: first.costUsd === null || second.costUsd === null ? null : first.costUsd + second.costUsd,
  flags: [...new Set([...first.flags, ...second.flags, 'json_repaired'])],
});
