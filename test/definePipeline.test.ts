import { link, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { EMPTY } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { definePipeline } from '../src/definePipeline.ts';
import { describeEvents } from '../src/interpret/prompts/describeEvents.ts';
import { frameFolder } from '../src/publish/frameStores/frameFolder.ts';
import { jsonl } from '../src/publish/sinks/jsonl.ts';
import { smallPipeline } from './parts.ts';

const { options } = smallPipeline([]);

describe('definePipeline', () => {
  it('fills in the defaults', () => {
    const pipeline = definePipeline(options);
    expect(pipeline).toMatchObject({ name: 'saccade', mode: 'offline', maxDelayMs: Infinity, quietBelow: 0.5, encoders: 2 });
    expect(pipeline.configHash).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each([
    ['an unknown key', { sinks: 1 }, /pipeline: unknown key 'sinks'/],
    ['a part of the wrong kind', { window: 33 }, /pipeline\.window: must be a windowing.*found 33/],
    ['a negative threshold', { quietBelow: -1 }, /pipeline\.quietBelow.*found -1/],
    ['a missing part', { sink: undefined }, /pipeline\.sink: must be a sink.*found undefined/],
    ['an unknown mode', { mode: 'batch' }, /pipeline\.mode: must be 'offline' or 'live'.*found "batch"/],
  ])('refuses %s, naming the field and the value', (_what, change, message) => {
    expect(() => definePipeline({ ...options, ...(change as object) })).toThrow(message);
  });

  it('has a configuration hash that follows what changes a record, and nothing else', () => {
    const hash = (change: object): string => definePipeline({ ...options, ...change }).configHash;
    expect(hash({ gate: { windows: 5 } })).toBe(hash({}));
    expect(hash({ quietBelow: 0.1 })).not.toBe(hash({}));
  });

  it('refuses two outputs in one file, however it is spelled, and names both (issue 11)', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'saccade-same-'));
    const path = join(folder, 'out.jsonl');
    await symlink(folder, join(folder, 'self'));
    await writeFile(path, '');
    await link(path, join(folder, 'hard.jsonl'));
    for (const other of [
      path,
      relative('.', path),
      join(folder, 'x', '..', 'out.jsonl'),
      join(folder, 'self', 'out.jsonl'),
      join(folder, 'hard.jsonl'),
      `${path}.index`,
    ])
      expect(() => definePipeline({ ...options, sink: jsonl({ path }), deadLetters: jsonl({ path: other }) }), other).toThrow(
        /pipeline\.sink and pipeline\.deadLetters both write/,
      );
    const one = jsonl<never>({ path });
    expect(() => definePipeline({ ...options, sink: one, deadLetters: one })).toThrow(/pipeline\.sink and pipeline\.deadLetters/);
    expect(() => definePipeline({ ...options, frames: frameFolder({ path }), sink: jsonl({ path }) })).toThrow(
      /pipeline\.frames and pipeline\.sink/,
    );
    const letters = jsonl<never>({ path });
    expect(() => definePipeline({ ...options, deadLetters: letters, late: letters })).not.toThrow();
    expect(() => definePipeline({ ...options, deadLetters: letters, late: jsonl({ path }) })).toThrow(/pipeline\.late/);
  });

  it('measures motion where a part says that it needs it, whatever its name, or where that is asked for', () => {
    const motionOf = (change: object): boolean => definePipeline({ ...options, ...change }).motion;
    const [target] = options.captioner.plan.targets;
    const plan = { ...options.captioner.plan, targets: [{ ...target!, needs: { motion: true } }] };
    expect(motionOf({})).toBe(false);
    expect(motionOf({ motion: true })).toBe(true);
    expect(motionOf({ prompt: { ...describeEvents(), needs: { motion: true } } })).toBe(true);
    expect(motionOf({ captioner: Object.assign(() => EMPTY, { plan }) })).toBe(true);
    expect(motionOf({ motion: false, captioner: Object.assign(() => EMPTY, { plan }) })).toBe(false);
  });
});
