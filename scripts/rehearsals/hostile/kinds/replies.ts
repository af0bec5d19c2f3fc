import { type HostileCase, moduleCommand } from '../hostileCase.ts';

/** Reads a reply of a vendor with each reader of them. @param text an expression that makes it */
const reply = (name: string, text: string): HostileCase => ({
  name,
  prepare: async () =>
    moduleCommand(`import { lenientJson } from 'src/interpret/structured/lenientJson.ts';
      import { readStructured } from 'src/interpret/structured/readStructured.ts';
      import { redactor } from 'src/redactor.ts';
      import { readReply } from 'src/interpret/upstream/http/readReply.ts';
      import { factsChanged } from 'src/normalise/factsChanged.ts';
      import { houseStyle } from 'src/normalise/normalisers/houseStyle.ts';
      const text = ${text};
      const codec = { read: ({ text, model, usage }) => ({ text, model, usage }) };
      lenientJson(text);
      readStructured(text);
      houseStyle({ words: 20 }).apply(text);
      factsChanged(text, text);
      for (const status of [200, 400, 429, 503])
        for (const body of [text, JSON.stringify({ text, model: null, usage: { input: [] } }), JSON.stringify({ error: { message: text } }), '{"error":{"details":[' + text + ']}}'])
          readReply(codec, { status, headers: {}, body }, redactor(['3f9a1c77e0b24d58a6c1d9e2f4b80357']));
      console.log('read', text.length);`),
  exitCode: 0,
  message: /read \d+/,
});

/** What a vendor may answer. */
export const cases: readonly HostileCase[] = [
  reply('broken JSON with 1 MB of spaces', "'{a: x' + ' '.repeat(1e6) + 'y}'"),
  reply('1 MB of opening brackets', "'['.repeat(1e6)"),
  reply('JSON that is 500,000 levels deep', "'['.repeat(5e5) + ']'.repeat(5e5)"),
  reply('a list in lists 500,000 levels deep for a caption', "'{\"dense\":' + '['.repeat(5e5) + ']'.repeat(5e5) + '}'"),
  reply('a number of 1 MB', '\'{"dense": "x", "confidence": \' + \'9\'.repeat(1e6) + \'}\''),
  reply('1 MB of quotes', "'\"'.repeat(1e6)"),
  reply('1 MB of comments that begin', "'{' + '/*'.repeat(5e5)"),
  reply('1 MB of stops and quotes', "'.\"'.repeat(5e5)"),
];
