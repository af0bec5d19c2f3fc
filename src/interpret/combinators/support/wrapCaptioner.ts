import { type Observable, defer } from 'rxjs';
import type { Answer } from '../../caption.ts';
import type { Captioner } from '../../captioner.ts';
import type { CaptionRequest } from '../../captionRequest.ts';
import { makeCaptioner } from '../../makeCaptioner.ts';

/** A combinator of one captioner: its plan with a note, its availability, and a name passed on to the target inside. */
export function wrapCaptioner(
  inner: Captioner,
  ask: (inner: Captioner, request: CaptionRequest) => Observable<Answer>,
  note: string,
): Captioner {
  const { plan, availability, named } = inner;
  const close = async (): Promise<void> => inner.close?.();
  const outer = makeCaptioner((request) => defer(() => ask(inner, request)), { ...plan, notes: [...plan.notes, note] }, close);
  return Object.assign(outer, {
    ...(availability && { availability }),
    ...(named && { named: (name: string) => wrapCaptioner(named(name), ask, note) }),
  });
}
