import { protectedWords } from '../protectedWords.ts';
import { sentencesOf } from '../sentencesOf.ts';
import type { Draft, Rule } from '../rule.ts';

/**
 * Sentences in which the model speaks of itself or to the reader are no caption: apologies, refusals, offers,
 * advice. Where nothing else is left the caption is empty and has the flag `refused`; where something is left,
 * the flag is `apology`. The only rule that may drop a negation: "I cannot tell" says nothing of the scene.
 */
export const apologies: Rule = (draft) => {
  if (!SELF.test(draft.text)) return draft;
  const sentences = sentencesOf(draft.text);
  const kept = sentences.filter((sentence) => !REFUSAL.test(sentence) && !(CHATTER.test(sentence) && saysNothing(sentence)));
  if (kept.length === sentences.length) return draft;
  const refused = sentences.some((sentence) => REFUSAL.test(sentence));
  return { ...draft, text: kept.join(' '), flags: refused ? withFlag(draft, kept.length === 0 ? 'refused' : 'apology') : draft.flags };
};

/** Advice with a number or a direction in it may say something of the scene. */
const saysNothing = (sentence: string): boolean => protectedWords(sentence).every((word) => word === 'not' || word === 'one');

const withFlag = ({ flags }: Draft, flag: string): readonly string[] => (flags.includes(flag) ? flags : [...flags, flag]);

/** Cheap: without one of these words there is nothing to look for. */
const SELF =
  /\b(?:i|i'm|my|me|ai|you|your|sorry|unfortunately|please|apologi[sz]e|hope|feel|remember|note|recommended|advisable|more|best|good|i'd)\b/i;

const REFUSAL = new RegExp(
  [
    String.raw`^(?:(?:but|however|unfortunately|therefore|also|so),?\s+)*(?:i'm|i am|we're|we are)\s+(?:so\s+|very\s+|really\s+)?(?:sorry|afraid|unable|not\s+able|not\s+sure|just\s+an?\s+ai|an?\s+ai|a\s+(?:large\s+)?language\s+model)`,
    String.raw`^(?:(?:but|however|unfortunately|therefore|also|so),?\s+)*(?:i|we)\s+(?:can't|cannot|can\s+not|could\s+not|couldn't|won't|will\s+not|don't|do\s+not|am\s+not|must)\s+(?:(?:really|actually|currently|provide|help|assist|identify|describe|determine|see|view|tell|make|give|analy[sz]e|answer|access|comment|recogni[sz]e|read|discern|have|confirm|know|process|comply|decline|say|fulfill?|generate|continue|do|be)\b)`,
    String.raw`^(?:sorry|apologies|my\s+apologies|i\s+apologi[sz]e|unfortunately,?\s+(?:i|we|as)\b)`,
    String.raw`\bas\s+an?\s+(?:ai|artificial\s+intelligence|language\s+model|text-based)\b`,
    String.raw`^(?:it\s+is|it's)\s+(?:against|not\s+(?:possible|appropriate)\s+for\s+me)\b`,
  ].join('|'),
  'i',
);

const CHATTER = new RegExp(
  [
    String.raw`^(?:please\s+)?(?:let\s+me\s+know|feel\s+free|do\s+not\s+hesitate|don't\s+hesitate|note\s+that\s+(?:i|this\s+(?:description|caption))|remember\s+(?:that|to)|keep\s+in\s+mind|be\s+(?:sure|careful))\b`,
    String.raw`^(?:i\s+hope|hope)\s+(?:this|that|it)\b`,
    String.raw`^(?:would|do|can|could|is\s+there|are\s+there)\s+(?:you|i|anything|any)\b.*\?`,
    String.raw`^if\s+you(?:'d|'re|\s+(?:would|have|need|want|can|could|are|provide|wish))\b`,
    String.raw`^please\s+(?:provide|upload|share|note|consult|describe|send|try|ask|check|make)\b`,
    String.raw`^(?:i|we)\s+(?:can|could|would|will|'d|'ll)\s+(?:be\s+(?:happy|glad)|gladly|help|assist)\b`,
    String.raw`^(?:i|we)(?:'d|\s+would)?\s+(?:suggest|recommend|advise)\b`,
    String.raw`^(?:it\s+(?:is|would\s+be|'s)\s+(?:recommended|advisable|best|a\s+good\s+idea)|you\s+(?:may|might|should|could|can)\s+(?:want|try|need|also\s+try|check|consider))\b`,
    String.raw`^for\s+(?:more|a\s+more)\s+(?:accurate|detailed|information|specific)\b`,
  ].join('|'),
  'i',
);
