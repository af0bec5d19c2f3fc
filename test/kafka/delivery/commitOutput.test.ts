import { describe, expect, it } from 'vitest';
import { type CommitId } from '../../../src/kafka/delivery/commitMetadata.ts';
import { commitOutput, resultOf } from '../../../src/kafka/delivery/commitOutput.ts';
import { nothingDone } from '../../../src/kafka/delivery/committedProgress.ts';
import { fakePartition } from './fakePartition.ts';

const [ours, previous, other] = [1, 2, 3].map((byte) => new Uint8Array(6).fill(byte)) as [CommitId, CommitId, CommitId];

describe('a commit whose result is unknown', () => {
  it.each([
    ['committed', ours],
    ['not committed', previous],
    ['lost', other],
    ['lost', undefined],
  ] as const)('is %s where the last commit has id %s', (result, found) => {
    expect(resultOf(found, { id: ours, previousId: previous })).toBe(result);
  });

  it('is not committed where there is no commit and none is known', () => {
    expect(resultOf(undefined, { id: ours, previousId: undefined })).toBe('not committed');
  });
});

describe('commitOutput', () => {
  const message = { topic: 'out', key: 'cam', value: Buffer.from('1') };
  const request = { progress: nothingDone(5), messages: [message], previousId: undefined, giveUpAfterMs: 10_000 };

  it('sends the messages and commits the progress under a new id', async () => {
    const broker = fakePartition();
    const outcome = await commitOutput(broker.producer, broker.commits, request);
    expect(outcome).toMatchObject({ id: broker.last()!.id });
    expect(broker.written).toEqual(['1']);
    expect(broker.last()!.progress.position).toBe(5);
    expect(broker.fences).toBe(0);
  });

  it('does not write twice where the commit succeeded and its answer was lost', async () => {
    const broker = fakePartition();
    broker.failNext('after commit');
    const outcome = await commitOutput(broker.producer, broker.commits, request);
    expect(outcome).toMatchObject({ id: broker.last()!.id });
    expect(broker.written).toEqual(['1']);
    expect(broker.fences).toBe(1);
  });

  it('repeats what did not succeed, after fencing', async () => {
    const broker = fakePartition();
    broker.failNext('before commit', 'before commit');
    await commitOutput(broker.producer, broker.commits, request);
    expect(broker.written).toEqual(['1']);
    expect(broker.fences).toBe(2);
  });

  it('does not fence the instance that has the partition by now', async () => {
    const broker = fakePartition();
    broker.failNext('before commit');
    broker.commitOfAnother();
    expect(await commitOutput(broker.producer, broker.commits, request)).toBe('lost');
    expect(broker.fences).toBe(0);
    expect(broker.written).toEqual([]);
  });

  it('is lost, without another attempt, when the broker says that we are fenced', async () => {
    const broker = fakePartition();
    broker.failNext('fenced');
    expect(await commitOutput(broker.producer, broker.commits, request)).toBe('lost');
    expect(broker.attempts).toBe(1);
  });

  it('rejects when it is time to give up', async () => {
    const broker = fakePartition();
    broker.failNext('before commit');
    await expect(commitOutput(broker.producer, broker.commits, { ...request, giveUpAfterMs: -1 })).rejects.toThrow('before commit');
  });
});
