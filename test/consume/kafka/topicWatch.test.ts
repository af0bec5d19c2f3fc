import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type TopicWatch, topicWatch } from '../../../src/consume/kafka/topicWatch.ts';
import { listen } from '../../../src/stage/report.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Rig {
  readonly watch: TopicWatch;
  /** Answers of the brokers, in turn; the last one stays. */
  readonly answers: Record<string, string>[];
  readonly events: string[];
}

async function rig(ifRecreated: 'stop' | 'restart', first: Record<string, string>): Promise<Rig> {
  const answers = [first];
  const events: string[] = [];
  const watch = topicWatch({
    ids: {
      of: async () => new Map(Object.entries(answers.length > 1 ? answers.shift()! : answers[0]!)),
      close: async () => void events.push('closed'),
    },
    ifRecreated,
    onRecreated: (topic) => events.push(`recreated ${topic}`),
    onFailed: ({ message }) => events.push(message),
  });
  await watch.start(['left', 'right']);
  return { watch, answers, events };
}

const OLD = { left: 'id-of-left', right: 'id-of-right' };
const NEW = { ...OLD, right: 'another-id' };

describe('topicWatch', () => {
  it('ends a run within seconds when a topic has another id, and says which', async () => {
    const { watch, answers, events } = await rig('stop', OLD);
    answers.push(NEW);
    await vi.advanceTimersByTimeAsync(7000);
    expect(events[0]).toMatch(/^right had the id id-of-right and has another-id.*ifRecreated: 'restart'/);
    await watch.stop();
  });

  it('goes on with the new topic where it is told to, once', async () => {
    const { watch, answers, events } = await rig('restart', OLD);
    answers.push(NEW);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(events).toEqual(['recreated right']);
    expect([watch.idOf('right'), watch.isRecreated('right'), watch.isRecreated('left')]).toEqual(['another-id', true, false]);
    await watch.stop();
    expect(events.at(-1)).toBe('closed');
  });

  it('asks again before it believes: one broker may be behind the others', async () => {
    const { watch, answers, events } = await rig('stop', OLD);
    answers.push(NEW, OLD);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(events).toEqual([]);
    await watch.stop();
  });

  it('says that a topic is gone for as long as it is, and ends the run when it does not come back', async () => {
    const { watch, answers, events } = await rig('stop', OLD);
    const said: string[] = [];
    const quiet = listen('wait', ({ on }) => said.push(on));
    answers.push({ left: OLD.left }, OLD);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([said, events]).toEqual([["topic 'right'"], []]);
    answers.push({ left: OLD.left });
    await vi.advanceTimersByTimeAsync(40_000);
    quiet();
    expect(said.length).toBeGreaterThan(10);
    expect(events[0]).toMatch(/^topic 'right' was deleted while it was read\. Make it again/);
    await watch.stop();
  });

  it('takes nothing for another topic where the brokers have no ids', async () => {
    const { watch, answers, events } = await rig('stop', { left: '', right: '' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect([watch.idOf('left'), events]).toEqual([undefined, []]);
    answers.push(OLD);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([watch.idOf('left'), events]).toEqual(['id-of-left', []]);
    await watch.stop();
  });
});
