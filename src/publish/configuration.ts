/** What makes the records of a run: all that changes one. */
export interface Configuration {
  /** Hash of all of it; 16 hex digits. */
  readonly hash: string;
  /** The same in words, by part: `renderer` is 'polarity({palette: "dark"})'. What an output does not tell is absent. */
  readonly parts: Readonly<Record<string, string>>;
}

/** Longer words are cut in the middle of a message. */
const LONGEST = 300;

/** How what made an output differs from what a pipeline makes, in words: 'window: tumbling({everyMs: 33}), this pipeline: tumbling({everyMs: 50})'. */
export function differences(found: Configuration, own: Configuration): string {
  const told = Object.keys(own.parts).filter((part) => found.parts[part] !== undefined && found.parts[part] !== own.parts[part]);
  if (told.length > 0)
    return told.map((part) => `${part}: ${short(found.parts[part]!)}, this pipeline: ${short(own.parts[part]!)}`).join('; ');
  const untold = Object.keys(own.parts).filter((part) => found.parts[part] === undefined);
  return `its records were written by configuration ${found.hash}, this pipeline is ${own.hash}, and they do not tell what differs of ${untold.join(', ')}`;
}

const short = (words: string): string => (words.length <= LONGEST ? words : `${words.slice(0, LONGEST)}…`);
