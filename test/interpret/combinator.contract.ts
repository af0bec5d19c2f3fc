import { Observable, firstValueFrom, of, throwError, toArray } from 'rxjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { PipelineError } from '../../src/errors.ts';
import type { Image } from '../../src/frame/frame.ts';
import type { Availability } from '../../src/interpret/availability.ts';
import type { Answer } from '../../src/interpret/caption.ts';
import type { Captioner } from '../../src/interpret/captioner.ts';
import type { CaptionRequest } from '../../src/interpret/captionRequest.ts';
import { picture } from './support/pictures.ts';
import { request } from './support/request.ts';
import { type SetAvailability, answerOf, available } from './support/scripted.ts';

export interface CombinatorRig {
  /** Of two parts, or of the first of them only. */
  readonly make: (a: Captioner, b: Captioner) => Captioner;
  /** How many it is made of. */
  readonly parts: 1 | 2;
}

type Part = Captioner & { readonly availability: SetAvailability };

/** What every combinator promises: it has the type of its parts, so that it can stand wherever one of them can. */
export const describeCombinator = (name: string, { make, parts: count }: CombinatorRig): void => {
  describe(`${name} is a combinator: it`, () => {
    let image: Image;
    beforeAll(async () => {
      image = await picture(1);
    });
    const asked = (over: Partial<CaptionRequest> = {}): CaptionRequest => request({ image, ...over });

    /** Two parts, and the combinator of as many of them as it takes. */
    function rig(script?: (target: string, request: CaptionRequest) => Observable<Answer>) {
      const requests: CaptionRequest[] = [];
      const closed: string[] = [];
      const part = (target: string): Part =>
        Object.assign(
          available(target, (_, one) => {
            requests.push(one);
            return script?.(target, one) ?? of(answerOf(target));
          }),
          { close: async () => void closed.push(target) },
        );
      const [a, b] = [part('a'), part('b')];
      return { combined: make(a, b), parts: [a, b].slice(0, count), requests, closed };
    }

    it('asks nothing before it is subscribed to, and gives one answer to each subscriber', async () => {
      const { combined, requests } = rig();
      const answers = combined(asked());
      expect(requests).toHaveLength(0);
      expect(await firstValueFrom(answers.pipe(toArray()))).toMatchObject([{ text: expect.stringMatching(/^from [ab]$/) }]);
    });

    it('passes on what the request carries', async () => {
      const { combined, requests } = rig();
      const [share, mayCall] = [() => 0.5, () => true];
      const original = asked({ share, mayCall, id: 'frame-7', sensor: 'cam-7' });
      await firstValueFrom(combined(original));
      for (const { id, sensor, route, share: passedShare, mayCall: passedMayCall } of requests)
        expect({ id, sensor, share: passedShare, mayCall: passedMayCall, isSameRoute: route === original.route }).toEqual({
          id: 'frame-7',
          sensor: 'cam-7',
          share,
          mayCall,
          isSameRoute: true,
        });
    });

    it('hangs up on its parts when its subscriber leaves', async () => {
      let [under, hungUp] = [0, 0];
      const { combined } = rig(
        () =>
          new Observable(() => {
            under++;
            return () => void hungUp++;
          }),
      );
      const call = combined(asked()).subscribe();
      await expect.poll(() => under).toBeGreaterThan(0);
      call.unsubscribe();
      expect(hungUp).toBe(under);
    });

    it('is no failure of a target where the claim to a call has expired: the error passes, and no further call is made', async () => {
      const expired = new PipelineError('CLAIM_EXPIRED', 'x', { retryable: true });
      const { combined, requests } = rig(() => throwError(() => expired));
      await expect(firstValueFrom(combined(asked()))).rejects.toBe(expired);
      expect(requests.length).toBeLessThanOrEqual(2);
    });

    it('ends with a failure that ends the run where all of its parts do', async () => {
      const { combined } = rig(() => throwError(() => new PipelineError('KEYS_REJECTED', 'no key')));
      await expect(firstValueFrom(combined(asked()))).rejects.toMatchObject({ code: 'KEYS_REJECTED' });
    });

    it('is available as its parts are, and tells of their changes', () => {
      const { combined, parts } = rig();
      const availability = combined.availability as Availability;
      const now = performance.now();
      expect(availability.readyAt(asked(), now)).toBe(-Infinity);
      expect(availability.backAt(now)).toBe(-Infinity);
      const heard = vi.fn<() => void>();
      const end = availability.onChange(heard);
      for (const part of parts) part.availability.set({ backAt: now + 60_000, isDown: true, isCapped: true });
      expect(heard).toHaveBeenCalledTimes(parts.length);
      end();
      expect(availability.readyAt(asked(), now)).toBe(now + 60_000);
      expect(availability.backAt(now)).toBe(now + 60_000);
      expect(availability.isDown(now)).toBe(true);
      expect(availability.isCapped(asked(), now)).toBe(true);
      for (const part of parts) part.availability.set({ backAt: Infinity });
      expect(availability.backAt(now)).toBe(Infinity);
    });

    it('plans the targets of its parts, with paths whose shares add up and name targets', () => {
      const { combined, parts } = rig();
      const { targets, paths, notes } = combined.plan;
      expect(targets.map(({ target, provider, model }) => ({ target, provider, model }))).toEqual(
        parts.map(({ plan }) => plan.targets[0]!).map(({ target, provider, model }) => ({ target, provider, model })),
      );
      expect(paths.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
      for (const target of paths.flatMap(({ order }) => order)) expect(targets.map((one) => one.target)).toContain(target);
      for (const note of notes) expect(note).not.toBe('');
    });

    if (count === 1)
      it('passes a name on to its part, and stays what it is', () => {
        const made: string[] = [];
        const part = available('a');
        const named = (target: string): Captioner => {
          made.push(target);
          return available(target);
        };
        const combined = make(Object.assign(part, { named }), part);
        const renamed = combined.named!('elsewhere');
        expect(made).toEqual(['elsewhere']);
        expect(renamed.plan.targets.map(({ target }) => target)).toEqual(['elsewhere']);
        expect(renamed.plan.notes).toEqual(combined.plan.notes);
        expect(renamed.availability).toBeDefined();
      });

    it('closes each of its parts once', async () => {
      const { combined, closed, parts } = rig();
      await combined.close!();
      expect(closed.toSorted()).toEqual(['a', 'b'].slice(0, parts.length));
    });
  });
};
