import type { Frame } from '../frame/frame.ts';
import type { Item } from '../stage/item.ts';
import type { ErrorClass } from './errors/errorClasses.ts';
import type { StructuredCaption } from './structured/structuredCaption.ts';

/** One call to one upstream: the unit of provenance, of cost and of the route in the record. */
export interface Attempt {
  /** The name of the target in the pipeline. */
  readonly target: string;
  /** Alias of the key used, never the key. */
  readonly key: string;
  /** Unix microseconds. */
  readonly startedAtUs: number;
  readonly ms: number;
  /** HTTP status; 0 where no reply came. */
  readonly status: number;
  readonly outcome: 'ok' | ErrorClass;
  /** The upstream's reason, short, without secrets; empty for `ok`. */
  readonly reason: string;
  /** Tokens billed. 0 where the upstream did not answer. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** USD; null where the model's price is not known. */
  readonly costUsd: number | null;
}

/** The answer of a captioner. */
export interface Answer {
  /** As the model wrote it. */
  readonly text: string;
  readonly target: string;
  readonly provider: string;
  /** The model's id as the upstream reported it. */
  readonly model: string;
  /** Billed tokens of this answer. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** USD of this answer alone; null where the price is not known. */
  readonly costUsd: number | null;
  /** The date of the price used, YYYY-MM-DD; empty where there is none. */
  readonly priceDate: string;
  /** `truncated`: cut by the length limit. `estimated`: tokens were not reported. */
  readonly flags: readonly string[];
  /** Where it came from: a call, the ledger, or a near-duplicate frame. */
  readonly cache: 'none' | 'ledger' | 'duplicate';
  /** Identity of the request: the key in the ledger. */
  readonly requestHash: string;
  /** The frame this one is a near duplicate of, and how far away it is. */
  readonly duplicateOf?: { readonly id: string; readonly distance: number };
  /** Of an ensemble: how much its captions agree (0..1), and the other captions. `text` is the one closest to all. */
  readonly ensemble?: {
    readonly agreement: number;
    readonly others: readonly { readonly target: string; readonly model: string; readonly text: string }[];
  };
}

/** A frame with the words for it. Quiet frames pass with `answer` absent. */
export interface Caption extends Item {
  readonly frame: Frame;
  readonly answer?: Answer;
  /** The answer in parts, where the prompt asked for parts and the model gave them. */
  readonly structured?: StructuredCaption;
  /** The words of an answer that was asked for in parts. Absent: `answer.text` is the words. */
  readonly words?: string;
  /** Every attempt, in order, the failed ones too. */
  readonly route: readonly Attempt[];
  /** Hash of the words that were sent; empty for quiet frames. */
  readonly promptHash: string;
}
