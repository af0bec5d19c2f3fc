/** A caption on its way to the house style. */
export interface Draft {
  readonly text: string;
  /** `refused`, `truncated`, `empty`, `hedged`, ... each at most once. */
  readonly flags: readonly string[];
  /** 0..1: how sure the model said it was; 1 where it did not hedge. */
  readonly confidence: number;
}

/** A pure step from one draft to a tidier one. To add one, write a file in `rules/` that exports this. */
export type Rule = (draft: Draft) => Draft;

/** A step that looks at the text only. */
export const textRule =
  (tidy: (text: string) => string): Rule =>
  (draft) => ({ ...draft, text: tidy(draft.text) });

/** Rules in their order, under a name and a version that go into the record. */
export interface Normaliser {
  readonly name: string;
  readonly version: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** Pure and idempotent. The raw text is kept by the caller. */
  apply(raw: string, flags?: readonly string[]): Draft;
}
