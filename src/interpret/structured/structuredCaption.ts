/** A caption in parts, as vendors are asked for it. */
export interface StructuredCaption {
  /** At most 20 words: what a text encoder of 77 tokens takes whole. */
  readonly short: string;
  /** At most as many words as the prompt allows. */
  readonly dense: string;
  readonly motion: {
    readonly kind: (typeof KINDS)[number];
    readonly direction: (typeof DIRECTIONS)[number];
    readonly speed: (typeof SPEEDS)[number];
    /** Whether the camera itself moved. */
    readonly ego: boolean;
  };
  readonly objects: readonly { readonly name: string; readonly count: number; readonly region: string }[];
  /** The kind of place or situation; empty where it cannot be told. */
  readonly scene: string;
  /** 0..1. */
  readonly confidence: number;
  /** What the model was not sure of. */
  readonly uncertain: readonly string[];
}

export const KINDS = ['moving', 'rotating', 'approaching', 'receding', 'flickering', 'still', 'unknown'] as const;
export const DIRECTIONS = [
  'left',
  'right',
  'up',
  'down',
  'up left',
  'up right',
  'down left',
  'down right',
  'mixed',
  'none',
  'unknown',
] as const;
export const SPEEDS = ['slow', 'medium', 'fast', 'none', 'unknown'] as const;
