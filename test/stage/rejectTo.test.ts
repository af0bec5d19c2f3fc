import { describe, expect, it } from 'vitest';
import { PipelineError } from '../../src/errors.ts';
import { rejectTo } from '../../src/stage/rejectTo.ts';
import type { DeadLetter } from '../../src/stage/reject.ts';
import { makeGate } from '../../src/stage/makeGate.ts';
import { countedItem } from './items.ts';

describe('reject', () => {
  it('writes a dead letter with reason, code, position and payload, and acks only when it is safe', async () => {
    let safe = (): void => {};
    const letters: DeadLetter[] = [];
    const write = (letter: DeadLetter): Promise<void> => {
      letters.push(letter);
      return new Promise((resolve) => (safe = resolve));
    };
    const item = countedItem({});
    const rejected = rejectTo({ write }, makeGate())('decode', item, new PipelineError('DECODE_MALFORMED', 'odd'), {
      payload: Uint8Array.of(1, 2),
      payloadType: 'evt3',
    });
    expect(item.acks()).toBe(0);
    safe();
    await rejected;
    expect(item.acks()).toBe(1);
    expect(letters[0]).toMatchObject({
      stage: 'decode',
      sensor: 'cam',
      code: 'DECODE_MALFORMED',
      message: 'odd',
      retryable: false,
      payloadType: 'evt3',
      position: item.position,
    });
    expect([...letters[0]!.payload]).toEqual([1, 2]);
  });

  it('does not ack when the dead letter cannot be written', async () => {
    const item = countedItem({});
    const write = async (): Promise<void> => Promise.reject(new Error('full'));
    await expect(rejectTo({ write }, makeGate())('render', item, new Error('x'), {})).rejects.toThrow('full');
    expect(item.acks()).toBe(0);
  });

  it('gives an error without a code the code UNEXPECTED', async () => {
    const letters: DeadLetter[] = [];
    await rejectTo({ write: async (letter) => void letters.push(letter) }, makeGate())('cut', countedItem({}), 'text', {});
    expect(letters[0]).toMatchObject({ code: 'UNEXPECTED', message: 'text' });
  });

  it('leaves out what no topic would take, and says where it is (issue 11)', async () => {
    const letters: DeadLetter[] = [];
    const reject = rejectTo({ write: async (letter) => void letters.push(letter) }, makeGate());
    const malformed = new PipelineError('DECODE_MALFORMED', 'odd');
    for (const bytes of [1_000_000, 1_000_001])
      await reject('decode', countedItem({}), malformed, { payload: new Uint8Array(bytes), payloadType: 'evt3' });
    expect(letters.map(({ payload }) => payload.length)).toEqual([1_000_000, 0]);
    expect(letters.map(({ message }) => message)).toEqual([
      'odd',
      'odd; its 1000001 bytes are too many for a dead letter: they are at packet 0 of test',
    ]);
  });

  it('shortens what a stranger may have made long (issue 11)', async () => {
    const letters: DeadLetter[] = [];
    const reject = rejectTo({ write: async (letter) => void letters.push(letter) }, makeGate());
    await reject('decode', countedItem({}), new Error('x'.repeat(2 ** 20)), { payloadType: 'y'.repeat(2 ** 20) });
    expect(letters[0]!.message.length).toBeLessThan(5000);
    expect(letters[0]!.payloadType.length).toBeLessThan(200);
  });
});
