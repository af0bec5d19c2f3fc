import { mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DailySpend } from '../../../../src/interpret/combinators/support/dailySpend.ts';
import { FrameBudget } from '../../../../src/interpret/combinators/support/frameBudget.ts';
import { SpendingCap } from '../../../../src/interpret/combinators/support/spendingCap.ts';

const cap = (usd: number): SpendingCap => new SpendingCap({ usd, usdPerDay: Infinity, file: undefined });

describe('a spending cap', () => {
  it('counts what is reserved until the real cost is known', () => {
    const one = cap(1);
    const settle = one.reserve(0.8)!;
    expect(one.reserve(0.3)).toBeUndefined();
    settle(0.2);
    expect(one.reserve(0.8)).toBeDefined();
    expect(one.describe()).toBe('0.200000 of 1 USD for this run');
  });
});

describe('the budget of one frame', () => {
  it('pays its first call from what was reserved, further calls from the cap', () => {
    const one = cap(1);
    const frame = new FrameBudget(one, 0.5, one.reserve(0.5)!, undefined);
    frame.reserve(0.4)!(0.1);
    expect(one.reserve(0.9)).toBeDefined();
    expect(frame.reserve(0.2)).toBeUndefined();
  });

  it('reserves again for a call that could cost more', () => {
    const one = cap(1);
    const frame = new FrameBudget(one, 0.5, one.reserve(0.5)!, undefined);
    expect(frame.reserve(0.6)).toBeUndefined();
    frame.close();
    expect(one.reserve(1)).toBeDefined();
  });

  it('gives back what it reserved where a budget around it says no', () => {
    const [inner, outer] = [cap(10), cap(0.1)];
    const frame = new FrameBudget(inner, 0.5, inner.reserve(0.5)!, outer);
    expect(frame.reserve(0.5)).toBeUndefined();
    expect(frame.reserve(0.6)).toBeUndefined();
    expect(inner.reserve(9.5)).toBeDefined();
    expect(frame.reserve(0.05)).toBeDefined();
  });
});

describe('the spend of a day', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'saccade-spend-'));
  });
  afterAll(async () => rm(folder, { recursive: true }));
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-22T23:59:00Z') });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is written down before it is spent, and is read again by the next run', async () => {
    const file = join(folder, 'deep', 'day.json');
    const day = new DailySpend(file);
    day.cover(0.3);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ day: '2026-11-22', usd: 0.35 });
    day.add(0.2);
    expect(day.spentUsd).toBe(0.2);
    expect(new DailySpend(file).spentUsd).toBe(0.35);
  });

  it('begins at nothing at midnight UTC', () => {
    const day = new DailySpend(join(folder, 'midnight.json'));
    day.add(1);
    vi.setSystemTime(Date.parse('2026-11-23T00:00:00Z'));
    expect(day.spentUsd).toBe(0);
  });

  it('refuses a file that is something else, and names it', async () => {
    const file = join(folder, 'notes.txt');
    await writeFile(file, 'my notes');
    expect(() => new DailySpend(file).spentUsd).toThrow(/budget.file: .*notes.txt is not what budget\(\) wrote/);
  });

  it('is shared by runs at the same time: together they do not pass the cap (issue 11)', () => {
    const file = join(folder, 'shared.json');
    const runs = [1, 2, 3].map(() => new SpendingCap({ usd: Infinity, usdPerDay: 1, file }));
    let spent = 0;
    for (let i = 0; i < 60; i++) {
      const settle = runs[i % 3]!.reserve(0.07);
      settle?.(0.06);
      if (settle) spent += 0.06;
    }
    expect(spent).toBeLessThanOrEqual(1);
    expect(spent).toBeGreaterThan(0.7);
  });

  it('leaves a file that is damaged, foreign or no file as it is, and says so (issue 11)', async () => {
    for (const content of [
      '{"day":"2026-11-22"',
      '{"day":"2026-11-22","usd":-1}',
      '{"day":7,"usd":1}',
      '{"usd":1}',
      '[]',
      '{"day":"2026-11-22","usd":1,"mine":1}',
      '\0\0',
    ]) {
      const file = join(folder, 'odd.json');
      await writeFile(file, content);
      expect(() => new DailySpend(file).cover(0.1), content).toThrow(/budget.file: .*odd.json/);
      expect(await readFile(file, 'utf8')).toBe(content);
    }
    await symlink(join(folder, 'nothing'), join(folder, 'link.json'));
    for (const odd of [folder, '/dev/zero', join(folder, 'link.json')]) expect(() => new DailySpend(odd).cover(0.1)).toThrow(/budget.file/);
    expect(await readdir(folder)).not.toContain('nothing');
  });

  it('takes an empty file as a new one, follows a link, and lets nobody else read it (issue 11)', async () => {
    const file = join(folder, 'empty.json');
    await writeFile(file, '');
    await symlink(file, join(folder, 'alias.json'));
    new DailySpend(join(folder, 'alias.json')).cover(0.1);
    expect(new DailySpend(file).spentUsd).toBeCloseTo(0.15);
    // eslint-disable-next-line no-bitwise -- the permissions are bits
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });
});
