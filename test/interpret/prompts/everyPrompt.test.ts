import { expect, it } from 'vitest';
import { describeEvents } from '../../../src/interpret/prompts/describeEvents.ts';
import { template } from '../../../src/interpret/prompts/template.ts';
import { pluginsIn } from '../../support/pluginsIn.ts';
import { describePrompt } from '../prompt.contract.ts';

const prompts = {
  describeEvents: () => describeEvents(),
  'describeEvents with motion': () => describeEvents({ motion: true, words: 20 }),
  'describeEvents in parts': () => describeEvents({ structured: true }),
  template: () => template({ system: 'Event frames. {legend}', user: 'Sensor {sensor}: {events} events in {windowMs} ms.' }),
  'template with motion': () => template({ system: 'Event frames.', user: 'Measured: {motion}', structured: true }),
};

for (const [name, make] of Object.entries(prompts)) describePrompt(name, make);

it('none is left out', () => {
  expect(new Set(Object.keys(prompts).map((name) => name.split(' ')[0]))).toEqual(pluginsIn('interpret/prompts', 'describePrompt'));
});
