/**
 * What the simulator bills: image tokens and prices by family of models. It is independent of the providers' own table on purpose:
 * equal bills are a test of both. Formulas from the vendors' documentation and from published measurements; prices in
 * USD for a million tokens as of 2026-11-10.
 */
export interface ModelFamily {
  readonly match: RegExp;
  /** Style of its captions. */
  readonly style: 'gpt' | 'claude' | 'gemini' | 'plain';
  readonly inputUsd: number;
  readonly outputUsd: number;
  readonly imageTokens: (width: number, height: number, detail: string) => number;
  /** Characters in a token, on average. */
  readonly charsPerToken: number;
  /** Tokens of thinking that cannot be switched off. */
  readonly leastThinking: number;
  /** Tokens of thinking where the request says nothing. */
  readonly usualThinking: number;
  /** Takes no temperature, top_p or top_k but the defaults. */
  readonly fixedSampling: boolean;
}

/** Fit into 2048 x 2048, then the short side down to 768; a base, and a number for each 512-pixel tile. Small images are not enlarged. */
const tiles =
  (base: number, perTile: number) =>
  (width: number, height: number, detail: string): number => {
    if (detail === 'low') return base;
    const fit = Math.min(1, 2_048 / Math.max(width, height));
    const shrink = Math.min(1, 768 / (Math.min(width, height) * fit));
    const across = Math.ceil((width * fit * shrink) / 512);
    const down = Math.ceil((height * fit * shrink) / 512);
    return base + perTile * across * down;
  };

/** Patches of `size` pixels, at most `cap`, times a factor. */
const patches =
  (size: number, factor: number, cap: number, originalCap = cap) =>
  (width: number, height: number, detail: string): number => {
    const most = detail === 'original' || detail === 'auto' ? originalCap : cap;
    return Math.ceil(Math.min(Math.ceil(width / size) * Math.ceil(height / size), most) * factor);
  };

const fixed =
  (usual: number, low: number, medium = usual) =>
  (_width: number, _height: number, detail: string): number =>
    detail === 'low' ? low : detail === 'medium' ? medium : usual;

const gpt = { style: 'gpt', charsPerToken: 4, leastThinking: 0, usualThinking: 0, fixedSampling: false } as const;
const claude = { style: 'claude', charsPerToken: 3.6, leastThinking: 0, usualThinking: 0, fixedSampling: false } as const;
const gemini = { style: 'gemini', charsPerToken: 4.2, leastThinking: 0, usualThinking: 0, fixedSampling: false } as const;

/** The first that matches holds. */
const families: readonly ModelFamily[] = [
  { ...gpt, match: /gpt-4o-mini/, inputUsd: 0.15, outputUsd: 0.6, imageTokens: tiles(2_833, 5_667) },
  { ...gpt, match: /gpt-4o/, inputUsd: 2.5, outputUsd: 10, imageTokens: tiles(85, 170) },
  { ...gpt, match: /gpt-4\.1-mini/, inputUsd: 0.4, outputUsd: 1.6, imageTokens: patches(32, 1.62, 1_536) },
  { ...gpt, match: /gpt-4\.1-nano/, inputUsd: 0.1, outputUsd: 0.4, imageTokens: patches(32, 2.46, 1_536) },
  { ...gpt, match: /gpt-4\.1/, inputUsd: 2, outputUsd: 8, imageTokens: tiles(85, 170) },
  { ...gpt, match: /gpt-6\.1-terra/, inputUsd: 1, outputUsd: 5, imageTokens: patches(32, 1.2, 2_500, 10_000) },
  { ...gpt, match: /gpt-6-luna/, inputUsd: 0.1, outputUsd: 0.5, imageTokens: patches(32, 1.2, 2_500, 10_000) },
  { ...claude, match: /claude-3-7-sonnet/, inputUsd: 3, outputUsd: 15, imageTokens: patches(28, 1, 1_568) },
  { ...claude, match: /claude-sonnet-5/, inputUsd: 2, outputUsd: 10, imageTokens: patches(28, 1, 4_000), fixedSampling: true },
  { ...claude, match: /claude-haiku-4-5/, inputUsd: 1, outputUsd: 5, imageTokens: patches(28, 1, 1_568) },
  { ...claude, match: /claude-haiku-5/, inputUsd: 0.1, outputUsd: 0.5, imageTokens: patches(28, 1, 4_000), fixedSampling: true },
  {
    ...gemini,
    match: /gemini-2\.5-pro/,
    inputUsd: 1.25,
    outputUsd: 10,
    imageTokens: fixed(258, 64),
    leastThinking: 128,
    usualThinking: 256,
  },
  { ...gemini, match: /gemini-2\.5-flash-lite/, inputUsd: 0.1, outputUsd: 0.4, imageTokens: fixed(258, 64) },
  { ...gemini, match: /gemini-2\.5-flash/, inputUsd: 0.3, outputUsd: 2.5, imageTokens: fixed(258, 64), usualThinking: 128 },
  { ...gemini, match: /gemini-3/, inputUsd: 0.75, outputUsd: 3.75, imageTokens: fixed(1_090, 280, 560) },
];

/** An open model on a machine of one's own: it costs nothing. */
const open: ModelFamily = {
  match: /./,
  style: 'plain',
  inputUsd: 0,
  outputUsd: 0,
  imageTokens: fixed(576, 576),
  charsPerToken: 4,
  leastThinking: 0,
  usualThinking: 0,
  fixedSampling: false,
};

export const familyOf = (model: string): ModelFamily => families.find((family) => family.match.test(model)) ?? open;

/** USD. */
export const billUsd = (model: string, inputTokens: number, outputTokens: number): number => {
  const { inputUsd, outputUsd } = familyOf(model);
  return (inputTokens * inputUsd + outputTokens * outputUsd) / 1e6;
};

export const simulatedTextTokens = (model: string, text: string): number => Math.ceil(text.length / familyOf(model).charsPerToken);
