import { describe, expect, it } from 'vitest';
import { brokenJson, brokenJsonNames } from '../../../src/sim/faults/brokenJson.ts';
import { startSimulator } from '../../../src/sim/simulator.ts';
import { asks, captionIn, picture } from '../asking.ts';

const right = {
  short: 'A ball moving to the right.',
  dense: "A round thing, it's moving to the right near the middle.",
  motion: { kind: 'translation', direction: 'right' },
  objects: [{ name: 'ball', count: 1, region: 'centre' }],
  confidence: 0.7,
  empty: false,
};

describe('broken JSON', () => {
  it('comes in more than twenty ways, none of them the right answer', () => {
    expect(brokenJsonNames.length).toBeGreaterThanOrEqual(20);
    for (const name of brokenJsonNames) expect(brokenJson[name](JSON.stringify(right)), name).not.toBe(JSON.stringify(right));
  });

  it('still holds the caption, but for the last two', () => {
    for (const name of brokenJsonNames.slice(0, -2)) expect(brokenJson[name](JSON.stringify(right)), name).toMatch(/ball/);
  });

  it('reaches the client through every wire', async () => {
    const faults = [{ fault: 'json_fenced' as const }];
    const simulator = await startSimulator({ vendors: { openai: { faults }, anthropic: { faults }, gemini: { faults } } });
    try {
      const image = await picture([{ x: 20, y: 80, width: 50, height: 60 }]);
      const schema = { type: 'object', properties: { short: { type: 'string' } } };
      for (const ask of Object.values(asks))
        expect(captionIn(await ask(simulator.url, { image, schema }))).toMatch(/^```json\n\{"short":"[^"]+"\}\n```$/);
    } finally {
      await simulator.close();
    }
  });
});
