import { beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../src/stage/report.ts';
import { type FaultyRun, asJournalled, asRecorded, captionUnderFaults, routeOfThree, startFaultyVendors } from './randomFaults.ts';
import { promptWords, secrets } from './secretWords.ts';

const count = 10_000;

describe(`${count} frames under random faults`, () => {
  const seen: string[] = [];
  let run: FaultyRun;

  beforeAll(async () => {
    const kinds = ['attempt', 'limit', 'stage', 'reject', 'gate'] as const;
    const stops = kinds.map((kind) => listen(kind, (report) => seen.push(JSON.stringify(report))));
    const simulator = await startFaultyVendors(1);
    const captioner = routeOfThree(simulator);
    run = await captionUnderFaults(simulator, captioner, count);
    await captioner.close?.();
    await simulator.close();
    for (const stop of stops) stop();
  }, 120_000);

  it('ends each frame with a caption or a reason', () => {
    const { frames } = run;
    expect(frames).toHaveLength(count);
    for (const { text, error } of frames) expect([text !== undefined && text !== '', error !== undefined]).toContain(true);
    const failed = frames.filter(({ error }) => error !== undefined);
    expect(failed.length).toBeLessThan(count / 100);
  });

  it('records for every frame the path that the upstream saw, attempt for attempt', () => {
    const { frames, journal } = run;
    const outcomes = new Set(frames.flatMap(({ request }) => request.route.map(({ outcome }) => outcome)));
    expect([...outcomes]).toEqual(
      expect.arrayContaining(['ok', 'rate_limit', 'overloaded', 'transient', 'malformed', 'refused', 'blocked', 'timeout']),
    );
    expect(new Set(frames.map(({ request }) => request.image.sha256)).size, 'every frame is another picture').toBe(count);
    for (const { request } of frames) {
      expect(asRecorded(request.route)).toEqual(asJournalled(journal.get(request.image.sha256) ?? []));
    }
  });

  it('costs what the upstream billed, to the micro-dollar', () => {
    const { frames, billedUsd } = run;
    const costUsd = frames.reduce(
      (sum, { request }) => sum + request.route.reduce((n, attempt) => n + (attempt.costUsd ?? Number.NaN), 0),
      0,
    );
    expect(Math.abs(costUsd - billedUsd) * 1e6).toBeLessThan(1);
    expect(billedUsd).toBeGreaterThan(1);
  });

  it('shows no key, prompt or picture in reports, errors and routes', () => {
    const { frames } = run;
    const all = [...seen, ...frames.map(({ message, request }) => `${message} ${JSON.stringify(request.route)}`)].join('\n');
    expect(all.length).toBeGreaterThan(1_000_000);
    for (const word of [...secrets, promptWords, 'What moves in frame']) expect(all).not.toContain(word);
    for (const { request } of frames.slice(0, 200))
      expect(all).not.toContain(Buffer.from(request.image.bytes).toString('base64').slice(40, 80));
  });
});
