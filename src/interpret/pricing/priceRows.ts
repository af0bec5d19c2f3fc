/**
 * What the vendors charge, in USD per million tokens. A row holds from its date until the next row of the same model.
 * To correct one, add a row; `saccade prices` prints this table and its age.
 *
 * Source: @earendil-works/pi-ai 1.5.2 (MIT, 2026-11-10), cross-checked with LiteLLM's list of 2026-07-24 and
 * @pydantic/genai-prices 0.1.8 (2026-09-23). Where the vendor's own date is not known, `from` is the day of the oldest
 * list that has the price: a call before it has no price here.
 */
export interface PriceRow {
  readonly provider: 'openai' | 'anthropic' | 'gemini';
  readonly model: string;
  /** First day, YYYY-MM-DD (UTC). */
  readonly from: string;
  readonly input: number;
  readonly output: number;
  /** Input that was read from the vendor's prompt cache. */
  readonly cachedInput: number;
  /** Input that was written to it. @default input */
  readonly cacheWrite?: number;
  /** What a batched call costs of this, 0..1. */
  readonly batch: number;
  readonly source: string;
}

/** The day on which the whole table was last compared with its sources. */
export const pricesCheckedOn = '2026-11-10';

type Short = readonly [
  provider: PriceRow['provider'],
  model: string,
  from: string,
  input: number,
  output: number,
  cachedInput: number,
  cacheWrite?: number,
];

const LISTS = 'LiteLLM list 2026-07-24, genai-prices 2026-09-23, pi-ai 2026-11-10';

const rows: readonly Short[] = [
  ['openai', 'gpt-4o', '2026-07-24', 2.5, 10, 1.25],
  ['openai', 'gpt-4o-mini', '2026-07-24', 0.15, 0.6, 0.075],
  ['openai', 'gpt-4.1', '2026-07-24', 2, 8, 0.5],
  ['openai', 'gpt-4.1-mini', '2026-07-24', 0.4, 1.6, 0.1],
  ['openai', 'gpt-4.1-nano', '2026-07-24', 0.1, 0.4, 0.025],
  ['openai', 'gpt-6.1-terra', '2026-11-10', 1, 5, 0.1, 1.25],
  ['openai', 'gpt-6-luna', '2026-07-24', 0.5, 2.5, 0.05, 0.625],
  ['openai', 'gpt-6-luna', '2026-07-30', 0.1, 0.5, 0.01, 0.125],
  ['anthropic', 'claude-3-7-sonnet', '2026-07-24', 3, 15, 0.3, 3.75],
  ['anthropic', 'claude-sonnet-5-5', '2026-11-10', 2, 10, 0.2, 2.5],
  ['anthropic', 'claude-haiku-4-5', '2026-07-24', 1, 5, 0.1, 1.25],
  ['anthropic', 'claude-haiku-5-5', '2026-11-10', 0.1, 0.5, 0.01, 0.125],
  ['gemini', 'gemini-2.5-pro', '2026-07-24', 1.25, 10, 0.125],
  ['gemini', 'gemini-2.5-flash', '2026-07-24', 0.3, 2.5, 0.03],
  ['gemini', 'gemini-2.5-flash-lite', '2026-07-24', 0.1, 0.4, 0.01],
  ['gemini', 'gemini-3.8-flash', '2026-11-10', 0.75, 3.75, 0.075],
];

export const priceRows: readonly PriceRow[] = rows.map(([provider, model, from, input, output, cachedInput, cacheWrite]) => ({
  provider,
  model,
  from,
  input,
  output,
  cachedInput,
  ...(cacheWrite !== undefined && { cacheWrite }),
  batch: 0.5,
  source: model === 'gpt-6-luna' && from === '2026-07-30' ? 'release notes of 2026-07-30 (-80 %), pi-ai 2026-11-10' : LISTS,
}));
