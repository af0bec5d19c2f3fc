import { Command } from 'commander';
import { expect, it } from 'vitest';
import { replay } from '../../../src/cli/commands/replay.ts';
import type { ReplayFlags } from '../../../src/cli/support/replayPipeline.ts';

it('has an option for every flag of a replay, under the name that the replay reads', () => {
  const program = new Command();
  replay(program);
  const flags: Record<keyof Pick<ReplayFlags, 'from' | 'to' | 'warmUp' | 'speed' | 'wire' | 'registry' | 'archive' | 'brokers'>, true> = {
    from: true,
    to: true,
    warmUp: true,
    speed: true,
    wire: true,
    registry: true,
    archive: true,
    brokers: true,
  };
  const options = program.commands[0]!.options.map((option) => option.attributeName());
  expect(options).toEqual(expect.arrayContaining(Object.keys(flags)));
});
