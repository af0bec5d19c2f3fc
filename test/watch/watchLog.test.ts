import { describe, expect, it } from 'vitest';
import { type Reports, report } from '../../src/stage/report.ts';
import { watchLog } from '../../src/watch/watchLog.ts';

const attempt = (outcome: string): Reports['attempt'] =>
  ({ target: 'gpt4o', key: 'KEY_1', outcome, status: 500, reason: 'oops' }) as unknown as Reports['attempt'];

describe('log', () => {
  it('writes a JSON line for what is worth one at this level, and nothing after its end', () => {
    const lines: { msg: string; level: number; target?: string; message?: string }[] = [];
    const end = watchLog('info', { write: (line) => void lines.push(JSON.parse(line)) });
    report('reject', () => ({ stage: 'decode', sensor: 'cam', code: 'DECODE_MALFORMED', message: 'odd' }));
    report('attempt', () => attempt('ok'));
    report('attempt', () => attempt('rate_limit'));
    report('attempt', () => attempt('credential'));
    end();
    report('attempt', () => attempt('credential'));
    expect(lines.map(({ msg, level }) => [msg, level])).toEqual([
      ['rejected', 40],
      ['attempt', 30],
      ['attempt', 40],
    ]);
    expect(lines[0]).toMatchObject({ stage: 'decode', message: 'odd' });
  });

  it('tells when the gate shuts and opens, not each time it counts', () => {
    const lines: string[] = [];
    const end = watchLog('debug', { write: (line) => void lines.push((JSON.parse(line) as { msg: string }).msg) });
    for (const [windows, shut] of [
      [1, false],
      [2, true],
      [3, true],
      [2, false],
    ] as const) {
      report('gate', () => ({ windows, bytes: 0, shut }));
    }
    end();
    expect(lines).toEqual(['gate shut', 'gate open']);
  });
});
