import type { Answer, Attempt } from '../interpret/caption.ts';
import type { NormalisedCaption } from '../normalise/normalise.ts';

/** One record of the output: the TypeScript side of schemas/caption.avsc, where every field is documented. */
export interface CaptionRecord {
  readonly id: string;
  readonly status: 'captioned' | 'quiet';
  readonly sensor: string;
  readonly startUs: number;
  readonly endUs: number;
  readonly capturedAtUs: number | null;
  readonly publishedAtUs: number;
  readonly closedBy: string;
  readonly sensorWidth: number;
  readonly sensorHeight: number;
  readonly events: number;
  readonly onEvents: number;
  readonly offEvents: number;
  readonly renderer: string;
  readonly rendererParams: string;
  readonly frame: FrameRecord | null;
  readonly caption: string | null;
  readonly rawCaption: string | null;
  readonly confidence: number | null;
  readonly flags: readonly string[];
  readonly target: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly requestHash: string | null;
  readonly promptHash: string | null;
  readonly cache: 'none' | 'ledger' | 'duplicate';
  readonly duplicateOf: { readonly id: string; readonly distance: number } | null;
  readonly route: readonly Attempt[];
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
  readonly priceDate: string | null;
  readonly normaliser: string;
  readonly source: {
    readonly name: string;
    readonly unit: string;
    readonly partition: number;
    readonly first: number;
    readonly end: number;
  };
  readonly pipeline: string;
  readonly configHash: string;
  readonly structured?: StructuredRecord | null;
  readonly ensemble?: Answer['ensemble'] | null;
}

/** A caption in parts: the same shape as the answer was read into. */
export type StructuredRecord = NonNullable<NormalisedCaption['structured']>;

export interface FrameRecord {
  readonly sha256: string;
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
  readonly path: string | null;
}

/** What is the same for all records of a run. */
export interface RunFacts {
  readonly pipeline: string;
  readonly configHash: string;
}

/** The record of one caption, or of one quiet window. */
export function captionRecord(caption: NormalisedCaption, framePath: string | null, { pipeline, configHash }: RunFacts): CaptionRecord {
  const { frame, answer, draft, route, position, normaliser } = caption;
  const { window, image, renderer } = frame;
  return {
    id: frame.id,
    status: answer ? 'captioned' : 'quiet',
    sensor: caption.sensor,
    startUs: window.start,
    endUs: window.end,
    capturedAtUs: window.capturedAtUs || null,
    publishedAtUs: Date.now() * 1000,
    closedBy: window.closedBy,
    sensorWidth: window.width,
    sensorHeight: window.height,
    events: window.count,
    onEvents: window.on,
    offEvents: window.count - window.on,
    renderer: renderer.name,
    rendererParams: JSON.stringify(renderer.params),
    frame: image ? { sha256: image.sha256, mediaType: image.mediaType, width: image.width, height: image.height, path: framePath } : null,
    caption: draft?.text ?? null,
    rawCaption: answer?.text ?? null,
    confidence: draft?.confidence ?? null,
    flags: [...(window.isCut ? ['window_cut'] : []), ...(draft?.flags ?? [])],
    target: answer?.target ?? null,
    provider: answer?.provider ?? null,
    model: answer?.model ?? null,
    requestHash: answer?.requestHash ?? null,
    promptHash: caption.promptHash || null,
    cache: answer?.cache ?? 'none',
    duplicateOf: answer?.duplicateOf ?? null,
    route,
    ...billOf(caption),
    normaliser: `${normaliser.name}@${normaliser.version}`,
    source: { name: position.source, unit: position.unit, partition: position.partition, first: position.first, end: position.end },
    pipeline,
    configHash,
    structured: caption.structured ?? null,
    ensemble: answer?.ensemble ?? null,
  };
}

/** Tokens and cost of all attempts that this run made for the frame: what a remembered answer cost then is in its first record. */
function billOf({ answer, route }: NormalisedCaption): Pick<CaptionRecord, 'inputTokens' | 'outputTokens' | 'costUsd' | 'priceDate'> {
  let [inputTokens, outputTokens, costUsd]: [number, number, number | null] = [0, 0, 0];
  for (const attempt of route) {
    inputTokens += attempt.inputTokens;
    outputTokens += attempt.outputTokens;
    costUsd = costUsd === null || attempt.costUsd === null ? null : costUsd + attempt.costUsd;
  }
  return { inputTokens, outputTokens, costUsd, priceDate: answer?.priceDate || null };
}
