import { type Prompt, promptRequest } from 'saccade';

/** A prompt: asks for one word. */
export const oneWord = (): Prompt => ({
  name: 'oneWord',
  version: '1',
  params: {},
  ask: ({ renderer, window }) =>
    promptRequest({
      system: `You see the events of ${(window.end - window.start) / 1000} ms. ${renderer.legend}`,
      user: 'Name what moves, in one word.',
      maxOutputTokens: 5,
    }),
});
