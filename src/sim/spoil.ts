import { brokenJson } from './brokenJson.ts';
import { type AnswerFault, isBrokenJson } from './faults.ts';
import { textTokens } from './modelFamily.ts';
import { cut } from './say.ts';
import { type Posed, type Reply, type Said, type Wire, html, json } from './wire.ts';

/** The 200 of this vendor: as it should be, or spoilt in the way named. `heard` is what was really said. */
export function spoil(wire: Wire, posed: Posed, said: Said, fault: AnswerFault | undefined, id: string): { reply: Reply; heard: Said } {
  const heard = fault ? misspeak(said, fault, posed.model) : said;
  const answer = wire.answer(posed, heard, id);
  if (fault === 'no_usage') delete answer[wire.usageField];
  if (fault === 'no_caption') delete answer[wire.captionField];
  const reply = json(200, answer);
  if (fault === 'malformed') return { heard, reply: { ...reply, body: `${reply.body.slice(0, reply.body.length >> 1)}\n` } };
  if (fault === 'html_as_200') return { heard, reply: html(200, 'OK') };
  if (fault === 'error_as_200') return { heard, reply: { ...wire.error('server_error', { model: posed.model }), status: 200 } };
  return { heard, reply };
}

function misspeak(said: Said, fault: AnswerFault, model: string): Said {
  const withText = (text: string, finish: Said['finish']): Said => ({ ...said, text, finish, outputTokens: textTokens(model, text) });
  if (fault === 'refusal') return withText("I'm sorry, but I can't assist with that request.", 'refusal');
  if (fault === 'blocked') return withText('', 'blocked');
  if (fault === 'truncated') return withText(cut(said.text, 0.5), 'length');
  if (fault === 'truncated_empty') return { ...withText('', 'length'), thoughtTokens: Math.max(said.thoughtTokens, 64) };
  if (fault === 'empty') return withText('', 'stop');
  if (isBrokenJson(fault)) return withText(brokenJson[fault](said.text), said.finish);
  return said;
}
