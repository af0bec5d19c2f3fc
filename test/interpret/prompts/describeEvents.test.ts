import { expect, test } from 'vitest';
import type { Frame } from '../../../src/frame/frame.ts';
import { describeEvents } from '../../../src/interpret/prompts/describeEvents.ts';

const frame: Frame = {
  id: 'f1',
  sensor: 's',
  position: { source: 's', unit: 'packet', partition: 0, first: 0, end: 1 },
  ack: () => {},
  window: { start: 0, end: 33_333, closedBy: 'time', count: 10, on: 5, width: 346, height: 260, capturedAtUs: 0 },
  renderer: { name: 'polarity', params: {}, legend: 'White pixels became brighter.' },
};

test('says what the colours of this renderer mean and how long the window is', () => {
  const { user } = describeEvents().ask(frame);
  expect(user).toContain('White pixels became brighter.');
  expect(user).toContain('33.3 ms');
  expect(user).toContain('346x260');
});

test('names the length once for all vendors', () => {
  const { system, maxOutputTokens } = describeEvents({ words: 25 }).ask(frame);
  expect(system).toContain('at most 25 words');
  expect(maxOutputTokens).toBeGreaterThan(25);
});

test('the same frame gives the same hash; other words or another legend give another one', () => {
  const { hash } = describeEvents().ask(frame);
  expect(hash).toMatch(/^[0-9a-f]{16}$/);
  expect(describeEvents().ask({ ...frame, id: 'f2' }).hash).toBe(hash);
  expect(describeEvents({ words: 25 }).ask(frame).hash).not.toBe(hash);
  expect(describeEvents().ask({ ...frame, renderer: { ...frame.renderer, legend: 'Other.' } }).hash).not.toBe(hash);
});

test('refuses a length that is none', () => {
  expect(() => describeEvents({ words: 0 })).toThrow(/describeEvents\.words.*found 0/);
});

test('asks for parts by schema and by words, and only when it is wanted', () => {
  expect(describeEvents().ask(frame).schema).toBeUndefined();
  const { schema, system } = describeEvents({ structured: true }).ask(frame);
  for (const field of Object.keys(schema!['properties'] as object)) expect(system).toContain(field);
});

test('gives what was measured only when it is wanted', () => {
  const motion = { blobs: [], what: 'still', density: 0.1, on: 0.5, noise: 0.9 } as const;
  const measured = { ...frame, window: { ...frame.window, motion } };
  expect(describeEvents().ask(measured).user).not.toContain('Measured');
  expect(describeEvents({ motion: true }).ask(measured).user).toContain('No motion, only scattered noise.');
});
