import { type Arbitrary, array, constantFrom, integer, oneof, tuple } from 'fast-check';

const of = (list: string): Arbitrary<string> => constantFrom(...list.split('|'));

/** Facts that no rule may lose, as they are written. */
const number = oneof(of('two|three|12|45|1,200|3.5|0.8|1/2|200 px|-4|50%|$20|7:30|forty'), integer({ min: 2, max: 99_999 }).map(String));
const name = of("Anna|Zürich|Mount Rainier|Coca-Cola|St. Mark|Big Ben|O’Brien|iPhone|NASA|Trader Joe's|de Vries|Queen Elizabeth II");
const direction = of(
  'to the left|to the right|upwards|downwards|from left to right|towards the bottom|away|clockwise|from top to bottom|diagonally|north|behind a wall|above a line|under a bridge',
);
const negation = of('not|never|no longer');
const thing = of('car|small dog|hand|bright edge|person|bicycle|round object|bus|vertical pole|bottle|sign|crowd|tree-like shape');
const many = of('cars|dogs|hands|edges|people|bicycles|objects|buses|children');
const doing = of('moving|walking|falling|rotating|standing|being carried|driven|passing');
const does = of('moves|walks|falls|rotates|stands|passes|approaches|is still|sits');

const clause: Arbitrary<string> = oneof(
  tuple(thing, doing, direction).map(([a, b, c]) => `a ${a} is ${b} ${c}`),
  tuple(thing, does, direction).map(([a, b, c]) => `the ${a} ${b} ${c}`),
  tuple(number, many, doing, direction).map(([n, a, b, c]) => `${n} ${a} are ${b} ${c}`),
  tuple(thing, negation, doing).map(([a, n, b]) => `a ${a} is ${n} ${b}`),
  tuple(thing, name, direction).map(([a, n, c]) => `a ${a} that says ${n} pointing ${c}`),
  tuple(name, does, direction).map(([n, b, c]) => `${n} ${b} ${c}`),
  tuple(thing, thing, number).map(([a, b, n]) => `a ${a} with a ${b}, featuring the number ${n} on it`),
  tuple(many, direction).map(([a, c]) => `there are no ${a} ${c}`),
  tuple(thing, name, number).map(([a, n, m]) => `a ${a} that has a label of ${n} and ${m} dots`),
  tuple(thing, direction).map(([a, c]) => `a ${a} doesn't move ${c}`),
  tuple(many, thing, direction).map(([a, b, c]) => `${a} without a ${b} ${c}`),
);
const opener = of(
  'The image shows |In this image, we can see |This event-camera frame captures |A close-up view of |There is |There appears to be |The picture might show |It looks like |Here is a caption: |Caption: |This is an image of |What appears to be ||||',
);
const hedge = of('possibly |perhaps |probably |likely |||||');
const joint = of('. |, and |, while |; | - |: |. |. ');
const closing = of('.|||!|...| of the| with a|."|, creating a lively mood.|, showcasing the busy scene.');
const wrap = of('"|*|**|||||||');

/** Captions as vendors write them: openers, wrappers, hedges, cut tails, and facts in between. */
export const vendorCaption: Arbitrary<string> = tuple(
  wrap,
  opener,
  hedge,
  array(tuple(clause, joint), { minLength: 1, maxLength: 4 }),
  closing,
).map(([mark, open, unsure, clauses, close]) => {
  const body = clauses.map(([text, join], i) => (i === clauses.length - 1 ? text : `${text}${join}`)).join('');
  const said = `${open}${unsure}${body}${close}`;
  return `${mark}${said.charAt(0).toUpperCase()}${said.slice(1)}${mark}`;
});
