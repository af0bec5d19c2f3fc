/**
 * What models can and cannot do, by their base name (without date and path). The first row that matches holds.
 * Sources: the vendors' documentation and published client packages, the data set JOHNISKING/image-token-cost for the
 * measured image formulas; see docs/routing.md.
 */
export interface ModelFacts {
  readonly match: RegExp;
  /** How the vendor counts the tokens of a picture. */
  readonly image: ImageRule;
  /** `refused`: the vendor answers 400 to any value that is not its default. */
  readonly temperature: 'any' | 'refused';
  /** What to send so that the model thinks as little as it can; its thoughts are billed as output. */
  readonly leastThinking?: Readonly<Record<string, unknown>>;
  /** Tokens that it thinks all the same; added to the limit of the answer, or nothing might be left for the text. */
  readonly thinkingTokens?: number;
  /** Pictures with a shorter edge are described worse, in pixels. */
  readonly minSide?: number;
  /** Whether a JSON schema of the answer can be sent. */
  readonly structured: boolean;
  /** Largest input in tokens. */
  readonly contextTokens: number;
}

export type ImageRule =
  /** Fit into 2048, the short side down to 768, then `base` + `tile` for each 512-pixel tile; `low` at low detail. */
  | { readonly by: 'tiles'; readonly base: number; readonly tile: number; readonly low: number }
  /** One for each square patch, times `factor`, at most `cap` patches. */
  | { readonly by: 'patches'; readonly side: number; readonly factor: number; readonly cap: number }
  /** The same at any size; `low` at low media resolution. */
  | { readonly by: 'flat'; readonly tokens: number; readonly low: number };

const PATCHES_GPT = { by: 'patches', side: 32, factor: 1.2, cap: 2_500 } as const;

export const modelFacts: readonly ModelFacts[] = [
  {
    match: /^gpt-4o-mini/,
    image: { by: 'tiles', base: 2_833, tile: 5_667, low: 2_833 },
    temperature: 'any',
    structured: true,
    contextTokens: 128_000,
  },
  {
    match: /^gpt-4\.1-mini/,
    image: { by: 'patches', side: 32, factor: 1.62, cap: 1_536 },
    temperature: 'any',
    structured: true,
    contextTokens: 1_047_576,
  },
  {
    match: /^gpt-4\.1-nano/,
    image: { by: 'patches', side: 32, factor: 2.46, cap: 1_536 },
    temperature: 'any',
    structured: true,
    contextTokens: 1_047_576,
  },
  {
    match: /^gpt-4\.1/,
    image: { by: 'tiles', base: 85, tile: 170, low: 85 },
    temperature: 'any',
    structured: true,
    contextTokens: 1_047_576,
  },
  { match: /^gpt-4o/, image: { by: 'tiles', base: 85, tile: 170, low: 85 }, temperature: 'any', structured: true, contextTokens: 128_000 },
  {
    match: /^gpt-5-(mini|nano)/,
    image: { by: 'patches', side: 32, factor: 1.62, cap: 1_536 },
    temperature: 'refused',
    leastThinking: { reasoning_effort: 'minimal' },
    structured: true,
    contextTokens: 400_000,
  },
  {
    match: /^gpt-5/,
    image: PATCHES_GPT,
    temperature: 'refused',
    leastThinking: { reasoning_effort: 'none' },
    structured: true,
    contextTokens: 400_000,
  },
  // Takes temperature only with effort `none`, which is what is sent.
  {
    match: /^gpt-6/,
    image: PATCHES_GPT,
    temperature: 'any',
    leastThinking: { reasoning_effort: 'none' },
    structured: true,
    contextTokens: 400_000,
  },
  {
    match: /^claude-3/,
    image: { by: 'patches', side: 28, factor: 1, cap: 1_568 },
    temperature: 'any',
    minSide: 200,
    structured: false,
    contextTokens: 200_000,
  },
  {
    match: /^claude-(sonnet|haiku|opus)-4/,
    image: { by: 'patches', side: 28, factor: 1, cap: 1_568 },
    temperature: 'any',
    minSide: 200,
    structured: true,
    contextTokens: 200_000,
  },
  {
    match: /^claude-/,
    image: { by: 'patches', side: 28, factor: 1, cap: 4_000 },
    temperature: 'refused',
    leastThinking: { thinking: { type: 'disabled' } },
    minSide: 200,
    structured: true,
    contextTokens: 200_000,
  },
  {
    match: /^gemini-2\.5-pro/,
    image: { by: 'flat', tokens: 258, low: 64 },
    temperature: 'any',
    // Thinking cannot be turned off.
    leastThinking: { thinkingConfig: { thinkingBudget: 128 } },
    thinkingTokens: 128,
    structured: true,
    contextTokens: 1_048_576,
  },
  {
    match: /^gemini-2\.5/,
    image: { by: 'flat', tokens: 258, low: 64 },
    temperature: 'any',
    leastThinking: { thinkingConfig: { thinkingBudget: 0 } },
    structured: true,
    contextTokens: 1_048_576,
  },
  {
    match: /^gemini-/,
    image: { by: 'flat', tokens: 1_090, low: 280 },
    temperature: 'any',
    leastThinking: { thinkingConfig: { thinkingLevel: 'low' } },
    thinkingTokens: 512,
    structured: true,
    contextTokens: 1_048_576,
  },
];

/** For models that are not in the table: the most expensive of the common formulas, and only plain parameters. */
export const unknownModel: ModelFacts = {
  match: /(?:)/,
  image: { by: 'tiles', base: 85, tile: 170, low: 85 },
  temperature: 'any',
  structured: true,
  contextTokens: 128_000,
};
