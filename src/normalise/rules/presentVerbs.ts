import { textRule } from '../textRule.ts';
import { eachSentence } from '../sentencesOf.ts';

/**
 * "A car moves left" is "A car moving left", as "A car is moving left" is (see tense): the main verb of a
 * sentence becomes a participle where it is one of motion or posture and plainly agrees with its subject. Verbs
 * that are directions themselves ("rises", "approaches") are left alone.
 */
export const presentVerbs = textRule((text) => (VERB.test(text) ? eachSentence(text, timeless) : text));

const timeless = (sentence: string): string => {
  const found = VERB.exec(sentence);
  if (!found) return sentence;
  const subject = sentence.slice(0, found.index).trimEnd();
  const verb = found[1]!.toLowerCase();
  if (CLAUSE.test(subject) || !(verb in THIRD ? SINGULAR : PLURAL).test(subject)) return sentence;
  return `${subject} ${THIRD[verb] ?? BASE[verb]}${sentence.slice(found.index + found[0].length)}`;
};

const FORMS =
  'move moves moving, drive drives driving, walk walks walking, run runs running, turn turns turning, rotate rotates rotating, spin spins spinning, fly flies flying, cross crosses crossing, travel travels travelling, pass passes passing, swing swings swinging, wave waves waving, jump jumps jumping, roll rolls rolling, slide slides sliding, drift drifts drifting, shift shifts shifting, bounce bounces bouncing, sit sits sitting, stand stands standing, lie lies lying, rest rests resting, hang hangs hanging, lean leans leaning, hold holds holding, carry carries carrying, wear wears wearing, ride rides riding, gaze gazes gazing'
    .split(', ')
    .map((forms) => forms.split(' ') as [string, string, string]);
const BASE: Readonly<Record<string, string>> = Object.fromEntries(FORMS.map(([base, , participle]) => [base, participle]));
const THIRD: Readonly<Record<string, string>> = Object.fromEntries(FORMS.map(([, third, participle]) => [third, participle]));

/** What follows a verb and not a noun: the end, a place, a manner, a direction, an object with its article. */
const NEXT =
  '(?=[.,]|$|\\s+(?:in|on|at|to|into|onto|across|through|along|around|behind|beside|near|next|over|under|above|below|past|by|from|with|against|toward|towards|away|up|down|left|right|upwards?|downwards?|forwards?|backwards?|leftwards?|rightwards?|diagonally|horizontally|vertically|an?|the|its|his|her|their|[a-z]+ly)\\b)';
const VERB = new RegExp(`(?<=\\s)(${[...Object.keys(BASE), ...Object.keys(THIRD)].join('|')})${NEXT}`, 'i');

/** The subject must be a plain one: with a verb, a relative or a conjunction in it the main verb is another. */
const CLAUSE =
  /\b(?:that|which|who|while|because|if|when|where|what|is|are|was|were|has|have|says?|reads?|shows?|not|to|can|may|will|would|does|do)\b|,|^$/i;
/** The last word before the verb: a noun, in the number that the verb has. */
const SINGULAR =
  /(?:^|\s)(?!(?:an?|the|this|its|his|her|their|of|with|in|on|two|three|four|some|several)$)[\p{L}\p{N}'-]*(?:[^s\s]|ss|us)$/iu;
const PLURAL =
  /(?:\s(?!(?:this|its|his|across|towards|upwards|downwards)$)[\p{L}'-]*[^su']s|^(?:.*\s)?(?:people|men|women|children|persons))$/iu;
