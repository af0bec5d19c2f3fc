import { type Observable, firstValueFrom, lastValueFrom, of, throwError, toArray } from 'rxjs';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { Frame, Image } from '../../src/frame/frame.ts';
import type { Answer } from '../../src/interpret/caption.ts';
import type { Captioner } from '../../src/interpret/captioner.ts';
import type { CaptionRequest } from '../../src/interpret/captionRequest.ts';
import { makeCaptioner } from '../../src/interpret/makeCaptioner.ts';
import { repair } from '../../src/interpret/combinators/repair.ts';
import { interpret } from '../../src/interpret/interpret.ts';
import { describeEvents } from '../../src/interpret/prompts/describeEvents.ts';
import { anthropic } from '../../src/interpret/providers/anthropic.ts';
import { gemini } from '../../src/interpret/providers/gemini.ts';
import { motion } from '../../src/interpret/providers/motion.ts';
import { openai } from '../../src/interpret/providers/openai.ts';
import { known } from '../../src/secret.ts';
import { brokenJsonNames } from '../../src/sim/faults/brokenJson.ts';
import { startSimulator } from '../../src/sim/simulator.ts';
import { request } from './support/request.ts';

const keys = known('test', 'k');
const vendors = {
  openai: (url: string) => openai({ model: 'gpt-4o', baseUrl: `${url}/v1`, keys }),
  anthropic: (url: string) => anthropic({ model: 'claude-haiku-4-5', baseUrl: `${url}/v1`, keys }),
  gemini: (url: string) => gemini({ model: 'gemini-2.5-flash', baseUrl: `${url}/v1beta`, keys }),
} satisfies Record<string, (url: string) => Captioner>;

const prompt = describeEvents({ structured: true });

async function picture(): Promise<Image> {
  const data = new Uint8Array(64 * 64).fill(20);
  for (let y = 20; y < 40; y += 1) data.fill(250, y * 64 + 30, y * 64 + 50);
  const bytes = await sharp(data, { raw: { width: 64, height: 64, channels: 1 } })
    .png()
    .toBuffer();
  return { bytes, mediaType: 'image/png', width: 64, height: 64, sha256: 'a'.repeat(64) };
}

async function frame(): Promise<Frame> {
  const { window } = request();
  const position = { source: 's', unit: 'packet', partition: 0, first: 0, end: 1 } as const;
  return {
    id: 'f',
    sensor: 's',
    position,
    ack: () => undefined,
    window,
    image: await picture(),
    renderer: { name: 'r', params: {}, legend: 'White: brighter.' },
  };
}

const through = async (target: Captioner) => {
  const rejected: unknown[] = [];
  const reject = async (...args: unknown[]): Promise<void> => void rejected.push(args);
  const captions = of(await frame()).pipe(interpret({ captioner: target, prompt, maxDelayMs: Infinity, reject }), toArray());
  return { captions: await lastValueFrom(captions), rejected };
};

describe.each(Object.entries(vendors))('structured answers of %s', (name, make) => {
  test.each([...brokenJsonNames, undefined])('spoilt by %s: no frame is lost, and the flags say what happened', async (fault) => {
    const simulator = await startSimulator({ vendors: { [name]: fault ? { faults: [{ fault }] } : {} } });
    const target = make(simulator.url);
    try {
      const { captions, rejected } = await through(target);
      expect(rejected).toEqual([]);
      const [caption] = captions;
      const flags = caption!.answer!.flags;
      if (fault === undefined) expect(flags).toEqual([]);
      if (fault === 'json_not_at_all') expect(flags).toContain('not_json');
      else if (fault === 'json_empty_object') expect(flags).toEqual(expect.arrayContaining(['not_json', 'empty']));
      else expect(caption!.structured!.dense).toMatch(/\w+ \w+/);
      if (fault !== 'json_empty_object') expect(caption!.words).toMatch(/\w+ \w+/);
    } finally {
      await target.close?.();
      await simulator.close();
    }
  });
});

describe('repair', () => {
  const right = JSON.stringify({ dense: 'A car moving left.' });

  /** A model that says these things, one a call, and remembers what it was asked. */
  const saying = (...texts: string[]) => {
    const asked: CaptionRequest[] = [];
    const ask = (one: CaptionRequest): Observable<Answer> => {
      const text = texts[asked.push(one) - 1];
      const answer = { text: text ?? '', target: 't', provider: 'p', model: 'm', inputTokens: 10, outputTokens: 5, costUsd: 0.01 };
      if (text === undefined) return throwError(() => new Error('gone'));
      return of({ ...answer, priceDate: '', flags: [], cache: 'none' as const, requestHash: 'h' });
    };
    return { captioner: repair(makeCaptioner(ask, { targets: [], paths: [], notes: [] })), asked };
  };
  const ask = async (texts: string[]) => {
    const { captioner: repairing, asked } = saying(...texts);
    return { answer: await firstValueFrom(repairing(request({ prompt: prompt.ask(await frame()) }))), asked };
  };

  test('sends plain text back once, without the picture, and counts both calls', async () => {
    const { answer, asked } = await ask(['A car moving left.', right]);
    expect(answer).toMatchObject({ text: right, flags: ['json_repaired'], inputTokens: 20, costUsd: 0.02 });
    expect(asked[1]!.image.bytes.byteLength).toBe(0);
    expect(asked[1]!.prompt.user).toContain('A car moving left.');
  });

  test.each([
    ['bad again', ['A car moving left.', 'Again: a car.']],
    ['gone', ['A car moving left.']],
  ])('keeps the first answer where the second is %s', async (_, texts) => {
    const { answer, asked } = await ask(texts);
    expect(asked.length).toBe(2);
    expect(answer).toMatchObject({ text: 'A car moving left.', flags: [] });
  });

  test('does not ask where lenient reading is enough', async () => {
    expect((await ask([`\`\`\`json\n${right}`])).asked.length).toBe(1);
  });
});

test('the motion describer answers in words also where parts were asked for', async () => {
  const moving = { ...(await frame()) };
  const window = { ...moving.window, motion: { blobs: [], what: 'still', density: 0, on: 0, noise: 0 } as const };
  const answer = await firstValueFrom(motion()(request({ window, prompt: prompt.ask(moving) })));
  expect(answer).toMatchObject({ text: 'No motion.', provider: 'motion', flags: ['motion_only'], costUsd: 0 });
});

test('the motion describer says what to do where motion was not measured', async () => {
  await expect(firstValueFrom(motion()(request()))).rejects.toThrow(/set motion: true in the pipeline/);
});
