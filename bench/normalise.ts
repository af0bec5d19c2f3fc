import { type Form, houseStyle } from '../src/normalise/normalisers/houseStyle.ts';

const CAPTIONS = [
  'The image shows a car moving to the left of a busy street.',
  'Caption: "A vibrant scene of **two people** walking towards the camera, showcasing their silhouettes!"',
  'There appears to be a small object, possibly a ball, flying from left to right; its edges are sharp.',
  'Two cars drive down a street. A pedestrian is standing on the right, holding what looks like an umbrella. No text is visible.',
  'A hand waving.',
  'In this event-camera frame, we can see the outline of a bicycle with a rider on it, moving diagonally upwards, and',
  'A dense cluster of events in the top right corner, with sparse noise elsewhere - likely caused by a flickering lamp at 100 Hz.',
  'I’m sorry, but I can’t identify the person. The person is turning clockwise.',
];

/** Microseconds of the processor for one caption, in each form: what else runs on the machine does not count. The goal is less than 50. */
export function bench(): void {
  for (const form of ['sentence', 'telegraphic', 'tags'] satisfies Form[]) {
    const style = houseStyle({ form, words: 40 });
    const round = (times: number): number => {
      const started = process.cpuUsage();
      for (let i = 0; i < times; i += 1) for (const caption of CAPTIONS) style.apply(caption);
      const { user, system } = process.cpuUsage(started);
      return (user + system) / (times * CAPTIONS.length);
    };
    round(2000);
    const best = Math.min(...Array.from({ length: 5 }, () => round(2000)));
    process.stdout.write(`  ${form.padEnd(12)}${best.toFixed(1).padStart(8)} µs per caption\n`);
  }
}
