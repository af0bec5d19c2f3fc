import { type Observable, map, of } from 'rxjs';
import { goOnWith } from '../stage/goOnWith.ts';
import type { Attempt } from '../interpret/caption.ts';
import type { Captioner } from '../interpret/captioner.ts';
import type { CaptionRequest } from '../interpret/captionRequest.ts';
import { promptRequest } from '../interpret/promptRequest.ts';
import { factsChanged } from './factsChanged.ts';
import type { NormalisedCaption } from './normalise.ts';
import type { Normaliser } from './normaliser.ts';
import type { Draft } from './rule.ts';

const SYSTEM =
  'Rewrite this picture caption in plain, timeless English, in one or two short sentences. Keep every fact, number, negation, direction and name. Add nothing. Answer with the caption only.';

/**
 * Sends the tidied words (not the picture) to a text model. Its answer goes through the house style and then past a
 * guard; one that changes facts is refused (flag `rewrite_refused`), and a model that fails costs no caption (flag
 * `rewrite_failed`): then the words stay as the rules left them.
 */
export const rewriteWith =
  (rewriter: Captioner, normaliser: Normaliser, share?: () => number) =>
  (caption: NormalisedCaption): Observable<NormalisedCaption> => {
    const { draft, frame } = caption;
    if (!draft || draft.text === '') return of(caption);
    const route: Attempt[] = [];
    const request: CaptionRequest = {
      id: frame.id,
      sensor: caption.sensor,
      image: { bytes: new Uint8Array(), mediaType: 'image/png', width: 0, height: 0, sha256: '' },
      window: frame.window,
      prompt: promptRequest({ system: SYSTEM, user: draft.text, maxOutputTokens: Math.ceil(draft.text.length / 2) + 20 }),
      route,
      deadlineMs: Infinity,
      ...(share && { share }),
    };
    const done = (rewritten: Draft): NormalisedCaption => ({ ...caption, draft: rewritten, route: [...caption.route, ...route] });
    return rewriter(request).pipe(
      map(({ text }) => done(guarded(draft, normaliser.apply(text).text))),
      goOnWith('rewriter', () => of(done(flagged(draft, 'rewrite_failed')))),
    );
  };

const guarded = (draft: Draft, text: string): Draft =>
  factsChanged(draft.text, text) === undefined ? flagged({ ...draft, text }, 'rewritten') : flagged(draft, 'rewrite_refused');

const flagged = (draft: Draft, flag: string): Draft => ({ ...draft, flags: [...draft.flags, flag] });
