import { type Observable, map, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { PipelineError } from '../../src/errors.ts';
import type { Frame } from '../../src/frame/frame.ts';
import type { Answer } from '../../src/interpret/caption.ts';
import type { Captioner } from '../../src/interpret/captioner.ts';
import { fallback } from '../../src/interpret/combinators/fallback.ts';
import { interpret } from '../../src/interpret/interpret.ts';
import { describeEvents } from '../../src/interpret/prompts/describeEvents.ts';
import type { Reject } from '../../src/stage/reject.ts';
import { normalisedCaption } from '../publish/records.ts';
import { marbles, marblesOfPromises } from '../stage/marbles.ts';
import { answerOf, available, scripted } from './support/scripted.ts';

const frame = (index: number): Frame => ({ ...normalisedCaption(index).frame, id: `${index}` });
const { image: _image, ...quiet } = frame(9);
const answerAfter = (ms: number, text: string): Observable<Answer> => timer(ms).pipe(map(() => answerOf('a', text)));

/** The captions as text: which frame, and the answer. */
const captions = (
  frames: Observable<Frame>,
  captioner: Captioner,
  { maxDelayMs = Infinity, reject }: { maxDelayMs?: number; reject?: Reject } = {},
): Observable<string> =>
  frames.pipe(
    interpret({ captioner, prompt: describeEvents(), maxDelayMs, reject }),
    map(({ frame: { id }, answer }) => `${id}: ${answer?.text ?? 'quiet'}`),
  );

describe('interpret', () => {
  const frames = { a: frame(0), b: frame(1), q: quiet };

  it('asks about each frame when it comes, so that a quick answer overtakes a slow one', () => {
    marbles(({ cold, expectObservable }) => {
      const captioner = scripted('a', (_, { id }) => answerAfter(id === '0' ? 6 : 2, 'A dot.'));
      expectObservable(captions(cold('a-b--|', frames), captioner)).toBe('----b-(a|)', { a: '0: A dot.', b: '1: A dot.' });
    });
  });

  it('passes a quiet frame on at once, and asks nothing about it', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const captioner = scripted('a', () => answerAfter(3, 'A dot.'));
      expectObservable(captions(cold('aq---|', frames), captioner)).toBe('-q-a-|', { a: '0: A dot.', q: '9: quiet' });
      flush();
      expect(captioner.asked).toEqual(['0']);
    });
  });

  it('hangs up on all calls when it is unsubscribed, and when the input errors', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const call = cold<Answer>('------x', { x: answerOf('a') });
      const captioner = scripted('a', () => call);
      expectObservable(captions(cold('a-b----', frames), captioner), '^---!').toBe('-----');
      expectObservable(captions(cold('a----#', frames), captioner)).toBe('-----#');
      expectSubscriptions(call.subscriptions).toBe(['^---!', '^----!', '--^-!']);
    });
  });

  it('gives each frame its own deadline, counted from when it comes', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const deadlines: number[] = [];
      const captioner = scripted('a', (_, { deadlineMs }) => {
        deadlines.push(deadlineMs);
        return answerAfter(1, 'A dot.');
      });
      expectObservable(captions(cold('a-b-|', frames), captioner, { maxDelayMs: 500 })).toBe('-a-b|', { a: '0: A dot.', b: '1: A dot.' });
      flush();
      expect(deadlines).toEqual([500, 502]);
    });
  });

  it('lets a frame whose deadline passes, or that gets no caption, leave by `reject`, and the others go on', async () => {
    const rejected: string[] = [];
    await marblesOfPromises(({ cold, expectObservable }, now) => {
      const reject: Reject = async (stage, _, cause, { id }) =>
        void rejected.push(`${stage} ${id} ${(cause as PipelineError).code} at ${now()}`);
      const refused = cold<Answer>('--#', undefined, new PipelineError('PROVIDER_REFUSED', 'no'));
      const busy = available('a', (call) => (call === 0 ? refused : answerAfter(1, 'A dot.')));
      cold('--x').subscribe(() => busy.availability.set({ readyAt: 8 }));
      const input = { ...frames, c: frame(2) };
      // The first is refused after 2 ms; the second finds the captioner busy until 8 ms; the third waits until then.
      expectObservable(captions(cold('a--b--cq|', input), fallback(busy), { maxDelayMs: 4, reject })).toBe('-------q-(c|)', {
        c: '2: A dot.',
        q: '9: quiet',
      });
    });
    expect(rejected).toEqual(['interpret 0 PROVIDER_REFUSED at 2', 'interpret 1 DEADLINE_PASSED at 7']);
  });

  it('errors with the first failure where there is no `reject`, and hangs up on the other calls', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const [slow, refused] = [cold<Answer>('------x', { x: answerOf('a') }), new PipelineError('PROVIDER_REFUSED', 'no')];
      const captioner = scripted('a', (call) => (call === 0 ? slow : cold<Answer>('--#', undefined, refused)));
      expectObservable(captions(cold('a-b----', frames), captioner)).toBe('----#', undefined, refused);
      expectSubscriptions(slow.subscriptions).toBe('^---!');
    });
  });
});
