import { describe, expect, it } from 'vitest';
import { PipelineError } from '../../../src/errors.ts';
import type { Attempt } from '../../../src/interpret/caption.ts';
import type { ErrorClass } from '../../../src/interpret/errors/errorClasses.ts';
import { ProviderError } from '../../../src/interpret/errors/providerError.ts';
import { afterFailure } from '../../../src/interpret/routing/afterFailure.ts';
import { RoutedFrame } from '../../../src/interpret/routing/routedFrame.ts';
import { request } from '../support/request.ts';
import { type SetTarget, routeTarget, rules } from './routeTargets.ts';

const NOW = 1_000;
const failure = (errorClass: ErrorClass, target = 'primary', status = 500): ProviderError =>
  new ProviderError({ class: errorClass, reason: 'x' }, { target, status } as Attempt);

function rig(): { primary: SetTarget; backup: SetTarget; frame: RoutedFrame } {
  const backup = routeTarget('backup', 0);
  const primary = routeTarget('primary', 1, [backup]);
  return { primary, backup, frame: Object.assign(new RoutedFrame(request()), { first: primary }) };
}

describe('after a failure', () => {
  it('the same target is asked again, with backoff, until its retries are spent', () => {
    const { primary, frame } = rig();
    expect(afterFailure(frame, primary, failure('overloaded'), rules, NOW)).toBe('waits');
    expect(frame.notBeforeMs).toBeGreaterThanOrEqual(NOW + 75);
    expect(frame.excluded.size).toBe(0);
    afterFailure(frame, primary, failure('overloaded'), rules, NOW);
    expect(afterFailure(frame, primary, failure('overloaded'), rules, NOW)).toBe('waits');
    expect([...frame.excluded]).toEqual([primary]);
  });

  it('a broken connection is tried again at once', () => {
    const { primary, frame } = rig();
    afterFailure(frame, primary, failure('transient', 'primary', 0), rules, NOW);
    expect(frame.notBeforeMs).toBe(NOW);
  });

  it('another key is tried at once where the target has one, else the target is left', () => {
    const { primary, frame } = rig();
    afterFailure(frame, primary, failure('credential'), rules, NOW);
    expect(frame.excluded.size).toBe(0);
    primary.state.set({ backAt: Infinity });
    afterFailure(frame, primary, failure('credential'), rules, NOW);
    expect([...frame.excluded]).toEqual([primary]);
  });

  it('no other key is tried where none is left, whatever the target says of itself', () => {
    const { primary, frame } = rig();
    afterFailure(frame, primary, new PipelineError('KEYS_REJECTED', 'no key'), rules, NOW);
    expect([...frame.excluded]).toEqual([primary]);
  });

  it('an answer without text is asked for with twice the room', () => {
    const { primary, frame } = rig();
    const before = frame.request.prompt.maxOutputTokens;
    afterFailure(frame, primary, failure('truncated'), rules, NOW);
    expect(frame.request.prompt.maxOutputTokens).toBe(2 * before);
  });

  it('the frame ends with what it is to blame for, unless the user wants a fallback', () => {
    const { primary, frame } = rig();
    const blocked = failure('blocked');
    expect(afterFailure(frame, primary, blocked, rules, NOW)).toEqual({ error: blocked });
    expect(afterFailure(frame, primary, blocked, { ...rules, fallbackOn: new Set(['blocked']) }, NOW)).toBe('waits');
  });

  it('the frame ends with a fault that is no target’s', () => {
    const { primary, frame } = rig();
    for (const error of [new TypeError('a bug'), new PipelineError('CONFIG_INVALID', 'x'), new PipelineError('CLAIM_EXPIRED', 'x')])
      expect(afterFailure(frame, primary, error, rules, NOW)).toEqual({ error });
  });

  it('the frame is too late at its deadline, whatever failed', () => {
    const { primary } = rig();
    const late = Object.assign(new RoutedFrame(request({ deadlineMs: NOW + 1 })), { first: primary });
    expect(afterFailure(late, primary, failure('transient'), rules, NOW)).toMatchObject({ error: { code: 'DEADLINE_PASSED' } });
  });
});

describe('when its path is used up', () => {
  const useUp = ({ primary, backup, frame }: ReturnType<typeof rig>, errorClass: ErrorClass) => {
    afterFailure(frame, primary, failure(errorClass, 'primary'), { ...rules, retries: 0 }, NOW);
    return afterFailure(frame, backup, failure(errorClass, 'backup'), { ...rules, retries: 0 }, NOW);
  };

  it('the frame is exhausted', () => {
    expect(useUp(rig(), 'overloaded')).toBe('exhausted');
  });

  it('the frame goes round again where a target is known to be down', () => {
    const one = rig();
    one.backup.state.set({ isDown: true, backAt: NOW + 500 });
    expect(useUp(one, 'overloaded')).toBe('waits');
    expect(one.frame.rounds).toBe(1);
    expect(one.frame.excluded.size).toBe(0);
    expect(one.frame.notBeforeMs).toBeGreaterThan(NOW);
  });

  it('but not to a target whose failure does not pass', () => {
    const one = rig();
    one.backup.state.set({ isDown: true, backAt: NOW + 500 });
    expect(useUp(one, 'too_large')).toBe('exhausted');
  });
});
