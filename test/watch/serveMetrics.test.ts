import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { report } from '../../src/stage/report.ts';
import { serveMetrics } from '../../src/watch/serveMetrics.ts';

const attempt = {
  target: 'gpt4o',
  key: 'KEY_1',
  startedAtUs: 0,
  ms: 1200,
  status: 200,
  outcome: 'ok',
  reason: '',
  inputTokens: 300,
  outputTokens: 20,
  costUsd: 0.001,
};

describe('metrics', () => {
  it('serves Prometheus text made from what was reported', async () => {
    const served = await serveMetrics({ port: 0 });
    report('stage', () => ({ stage: 'decode', sensor: 'cam', ms: 2, item: {}, out: {} }));
    report('stage', () => ({ stage: 'decode', sensor: 'cam', ms: 2, item: {}, error: new Error('x') }));
    report('attempt', () => attempt);
    report('attempt', () => ({ ...attempt, outcome: 'rate_limit', status: 429 }));
    report('gate', () => ({ windows: 3, bytes: 99, shut: true }));
    report('limit', () => ({ target: 'gpt4o', concurrency: 12, open: true, note: 'not a number' }));
    report('reject', () => ({ stage: 'decode', sensor: 'cam', code: 'DECODE_MALFORMED', message: 'odd' }));
    report('decode', () => ({ sensor: 'cam', counters: { events: 7 } }));
    report('cut', () => ({ sensor: 'cam', counters: { late: 3, hotPixel: 9 } }));
    const response = await fetch(`http://127.0.0.1:${served.port}/metrics`);
    const text = await response.text();
    await served.end();
    expect(response.headers.get('content-type')).toContain('text/plain');
    for (const line of [
      'saccade_items_total{stage="decode",outcome="ok"} 1',
      'saccade_items_total{stage="decode",outcome="failed"} 1',
      'saccade_requests_total{target="gpt4o",outcome="rate_limit"} 1',
      'saccade_tokens_total{target="gpt4o",direction="in"} 600',
      'saccade_cost_usd_total{target="gpt4o"} 0.002',
      'saccade_request_seconds_count{target="gpt4o"} 2',
      'saccade_gate_shut 1',
      'saccade_gate_bytes 99',
      'saccade_limit{target="gpt4o",state="concurrency"} 12',
      'saccade_dead_letters_total{stage="decode",code="DECODE_MALFORMED"} 1',
      'saccade_decode{sensor="cam",counter="events"} 7',
      'saccade_events_dropped{sensor="cam",reason="late"} 3',
      'saccade_events_dropped{sensor="cam",reason="hotPixel"} 9',
    ]) {
      expect(text).toContain(line);
    }
  });

  it('listens to nothing after its end', async () => {
    const served = await serveMetrics({ port: 0 });
    await served.end();
    let made = false;
    report('attempt', () => {
      made = true;
      return attempt;
    });
    expect(made).toBe(false);
  });

  it('says which port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    await expect(serveMetrics({ port })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(`--metrics 127.0.0.1:${port}`),
    });
    other.close();
  });

  it('is alive at once, and ready when every part is connected', async () => {
    let isConnected = false;
    const part = {
      name: 'kafkaSource',
      ready: () => (isConnected ? Promise.resolve() : Promise.reject(new Error('no broker'))),
    };
    const served = await serveMetrics({ port: 0 }, [part, { name: 'jsonl' }]);
    const ask = async (path: string): Promise<[number, string]> => {
      const response = await fetch(`http://127.0.0.1:${served.port}${path}`);
      return [response.status, await response.text()];
    };
    try {
      expect(await ask('/live')).toEqual([200, 'live\n']);
      expect(await ask('/ready')).toEqual([503, 'kafkaSource: no broker\n']);
      isConnected = true;
      expect(await ask('/ready')).toEqual([200, 'ready\n']);
    } finally {
      await served.end();
    }
  });
});
