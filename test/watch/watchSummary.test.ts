import { describe, expect, it } from 'vitest';
import { type Reports, report } from '../../src/stage/report.ts';
import { watchSummary } from '../../src/watch/watchSummary.ts';
import { captionRecords } from '../publish/records.ts';

const attempt = (target: string, outcome: string, ms: number, costUsd: number | null): Reports['attempt'] => ({
  target,
  outcome,
  ms,
  inputTokens: 10,
  outputTokens: 1,
  costUsd,
});
const stage = (name: string, out?: unknown): void => report('stage', () => ({ stage: name, sensor: 'cam', ms: 0, item: {}, out }));

describe('summary', () => {
  it('adds up: windows are captioned, quiet, dead-lettered or open', () => {
    const summary = watchSummary();
    for (let window = 0; window < 5; window++) stage('cut');
    stage('skip');
    const [record] = captionRecords(1);
    stage('publish', record);
    stage('publish', { ...record, status: 'quiet', route: [] });
    report('reject', () => ({ stage: 'interpret', sensor: 'cam', code: 'PROVIDER_REFUSED', message: '' }));
    report('reject', () => ({ stage: 'decode', sensor: 'cam', code: 'DECODE_MALFORMED', message: '' }));
    expect(summary.read()).toMatchObject({ windows: 4, captioned: 1, quiet: 1, deadLettered: 1, open: 1, skipped: 1, packetsRejected: 1 });
    summary.end();
    stage('cut');
    expect(summary.read().windows).toBe(4);
  });

  it('tells per target what was asked, answered and paid, and who fell back', () => {
    const summary = watchSummary();
    for (const ms of [100, 100, 900]) report('attempt', () => attempt('gpt4o', 'ok', ms, 0.001));
    report('attempt', () => attempt('sonnet', 'rate_limit', 5, 0));
    stage('publish', captionRecords(1)[0]);
    const { targets, costUsd } = summary.read();
    summary.end();
    expect(targets.map(({ target }) => target)).toEqual(['gpt4o', 'sonnet']);
    expect(targets[0]).toMatchObject({ asked: 3, answered: 3, rateLimited: 0, fellBack: 0, inputTokens: 30, outputTokens: 3 });
    expect(targets[1]).toMatchObject({ asked: 1, answered: 0, rateLimited: 1, fellBack: 1, p50Ms: null });
    expect(targets[0]!.p50Ms).toBeCloseTo(100, 0);
    expect(targets[0]!.p99Ms).toBeCloseTo(900, -1);
    expect(costUsd).toBeCloseTo(0.003);
  });

  it('does not pretend to know a cost: one unknown price makes the sum unknown', () => {
    const summary = watchSummary();
    report('attempt', () => attempt('own', 'ok', 1, null));
    report('attempt', () => attempt('gpt4o', 'ok', 1, 0.5));
    expect(summary.read().costUsd).toBeNull();
    summary.end();
  });
});
