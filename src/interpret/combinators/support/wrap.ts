import type { Observable } from 'rxjs';
import type { Answer } from '../../caption.ts';
import { type CaptionRequest, type Captioner, captioner } from '../../captioner.ts';

/** A combinator of one captioner: its plan with a note, its lane, and a name passed on to the target inside. */
export function wrap(inner: Captioner, ask: (inner: Captioner, request: CaptionRequest) => Observable<Answer>, note: string): Captioner {
  const { plan, lane, named } = inner;
  const close = async (): Promise<void> => inner.close?.();
  const outer = captioner((request) => ask(inner, request), { ...plan, notes: [...plan.notes, note] }, close);
  return Object.assign(outer, {
    ...(lane && { lane }),
    ...(named && { named: (name: string) => wrap(named(name), ask, note) }),
  });
}
