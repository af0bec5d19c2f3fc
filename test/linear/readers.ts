import { text as textFormat } from '../../src/decode/formats/text.ts';
import { eventStreamOf } from '../../src/decode/eventStreamOf.ts';
import { readPropheseeHeader } from '../../src/decode/propheseeHeader.ts';
import { lenientJson } from '../../src/interpret/structured/lenientJson.ts';
import { readStructured } from '../../src/interpret/structured/readStructured.ts';
import { durationMs } from '../../src/interpret/limits/quota/durationMs.ts';
import { rateLimitHeaders } from '../../src/interpret/limits/quota/rateLimitHeaders.ts';
import { retryAfterMs } from '../../src/interpret/limits/quota/retryAfterMs.ts';
import { classifyErrorReply } from '../../src/interpret/upstream/errorReply/classifyErrorReply.ts';
import { statedDirections } from '../../src/motion/contradictsMotion.ts';
import { contentWords } from '../../src/normalise/contentWords.ts';
import { factsChanged } from '../../src/normalise/factsChanged.ts';
import { tags } from '../../src/normalise/forms/tags.ts';
import { telegraphic } from '../../src/normalise/forms/telegraphic.ts';
import { houseStyle } from '../../src/normalise/normalisers/houseStyle.ts';
import type { Rule } from '../../src/normalise/rule.ts';
import { apologies } from '../../src/normalise/rules/apologies.ts';
import { connectives } from '../../src/normalise/rules/connectives.ts';
import { framing } from '../../src/normalise/rules/framing.ts';
import { hedges } from '../../src/normalise/rules/hedges.ts';
import { labels } from '../../src/normalise/rules/labels.ts';
import { markdown } from '../../src/normalise/rules/markdown.ts';
import { metaMentions } from '../../src/normalise/rules/metaMentions.ts';
import { metaOpeners } from '../../src/normalise/rules/metaOpeners.ts';
import { presentVerbs } from '../../src/normalise/rules/presentVerbs.ts';
import { punctuation } from '../../src/normalise/rules/punctuation.ts';
import { tense } from '../../src/normalise/rules/tense.ts';
import { terminalStop } from '../../src/normalise/rules/terminalStop.ts';
import { truncatedTail } from '../../src/normalise/rules/truncatedTail.ts';
import { vocabulary } from '../../src/normalise/rules/vocabulary.ts';
import { whitespace } from '../../src/normalise/rules/whitespace.ts';
import { wholeClauses } from '../../src/normalise/rules/wholeClauses.ts';
import { wrappers } from '../../src/normalise/rules/wrappers.ts';

type Read = (text: string) => unknown;

const rules: Readonly<Record<string, Rule>> = {
  apologies,
  connectives,
  framing,
  hedges,
  labels,
  markdown,
  metaMentions,
  metaOpeners,
  presentVerbs,
  punctuation,
  tense,
  terminalStop,
  truncatedTail,
  vocabulary,
  whitespace,
  wholeClauses: wholeClauses(20),
  wrappers,
};

const ofRule =
  (rule: Rule): Read =>
  (text) =>
    rule({ text, flags: [], confidence: 1 });

const decodeText: Read = (text) => {
  const decoder = textFormat.start({ width: 64, height: 48 });
  decoder.push(Buffer.from(text));
  return decoder.end();
};

/** Everything that reads a text of others, each by itself. */
export const readers: Readonly<Record<string, Read>> = {
  ...Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, ofRule(rule)])),
  sentence: (text) => houseStyle({ words: 20 }).apply(text),
  tags,
  telegraphic,
  contentWords,
  factsChanged: (text) => factsChanged(text, `${text} x`),
  statedDirections,
  lenientJson,
  readStructured,
  classify: (text) => classifyErrorReply(400, text, {}, 0),
  classifyMessage: (text) => classifyErrorReply(429, JSON.stringify({ error: { message: text } }), {}, 0),
  durationMs,
  retryAfter: (text) => retryAfterMs({ 'retry-after': text }, 0),
  rateLimits: (text) => rateLimitHeaders({ 'x-ratelimit-reset-requests': text, 'anthropic-ratelimit-requests-reset': text }, 0),
  eventStreamOf: (text) => eventStreamOf(`<${text}`),
  decodeText,
  detectText: (text) => textFormat.detect?.(Buffer.from(text).subarray(0, 65_536)),
  propheseeHeader: (text) => readPropheseeHeader(Buffer.from(`% ${text}`)),
};
