import { describe, expect, it } from 'vitest';
import type { Frame } from '../../src/frame/frame.ts';
import type { Prompt } from '../../src/interpret/prompt.ts';
import { promptRequest } from '../../src/interpret/promptRequest.ts';
import { request } from './support/request.ts';

/** A frame with or without measured motion; frozen, so that a prompt that changes it fails. */
function frameOf(motion?: Frame['window']['motion']): Frame {
  const { image, window } = request({ picture: 'the same' });
  return Object.freeze({
    id: 'f1',
    sensor: 'cam',
    position: { source: 's', unit: 'packet', partition: 0, first: 0, end: 1 },
    ack: () => {},
    window: Object.freeze({ ...window, ...(motion && { motion }) }),
    image,
    renderer: { name: 'polarity', params: {}, legend: 'White pixels became brighter.' },
  } as const);
}

const still = { blobs: [], what: 'still', density: 0, on: 0, noise: 0 } as const;

/** What every prompt promises. */
export const describePrompt = (name: string, make: () => Prompt): void => {
  describe(`${name} is a prompt: it`, () => {
    it('has a name, a version and JSON-compatible parameters', () => {
      const { name: own, version, params } = make();
      expect(own).toMatch(/^[a-z][A-Za-z]+$/);
      expect(version).not.toBe('');
      expect(JSON.parse(JSON.stringify(params ?? {}))).toEqual(params ?? {});
    });

    it('asks about the same frame with the same words, whichever instance is asked', () => {
      expect(make().ask(frameOf(still))).toEqual(make().ask(frameOf(still)));
    });

    it('gives words, a limit and the hash of both', () => {
      const { hash, ...words } = make().ask(frameOf(still));
      expect(words.user).not.toBe('');
      expect(words.maxOutputTokens).toBeGreaterThan(0);
      expect(JSON.parse(JSON.stringify(words.schema ?? {}))).toEqual(words.schema ?? {});
      expect(hash).toBe(promptRequest(words).hash);
    });

    it('reads the measured motion of a window only if it says so, and asks also where it was not measured', () => {
      const prompt = make();
      const [without, measured] = [prompt.ask(frameOf()), prompt.ask(frameOf(still))];
      expect(without.user).not.toBe('');
      if (prompt.needs?.motion) expect(measured.hash).not.toBe(without.hash);
      else expect(measured).toEqual(without);
    });
  });
};
