import { expect, test } from 'vitest';
import { template } from '../../../src/interpret/prompts/template.ts';
import { request } from '../support/request.ts';

const { window, image } = request();
const position = { source: 's', unit: 'packet', partition: 0, first: 0, end: 1 } as const;
const frame = {
  id: 'f',
  sensor: 'cam 1',
  position,
  ack: () => undefined,
  window,
  image,
  renderer: { name: 'r', params: {}, legend: 'White: brighter.' },
};

test('fills in what is known of the frame', () => {
  const { system, user } = template({
    system: 'At most {words} words. {{x}',
    user: '{legend} {windowMs} ms of {sensor}, {onShare} % ON',
    words: 20,
  }).ask(frame);
  expect(system).toBe('At most 20 words. {x}');
  expect(user).toBe('White: brighter. 33 ms of cam 1, 50 % ON');
});

test('refuses an unknown name when it is made, and says which there are', () => {
  expect(() => template({ system: 'x', user: 'Describe {colour}' })).toThrow(
    /template\.user: unknown name \{colour\}; there are \{legend\}, \{windowMs\}/,
  );
  expect(() => template({ system: '', user: 'x' })).toThrow(/template\.system: must say something/);
});

test('a template with {motion} makes the pipeline measure it', () => {
  expect(template({ system: 'x', user: '{motion}' }).params).toMatchObject({ motion: true });
});
