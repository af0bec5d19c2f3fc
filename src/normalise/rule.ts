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
