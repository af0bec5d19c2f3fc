import type { Blob, Sight } from './look.ts';

/** A sight in plain terms, before anybody's manner of saying it. */
export interface Facts {
  readonly blank: boolean;
  /** 0 where everything is scattered. */
  readonly count: number;
  readonly side: 'left' | 'right' | 'centre';
  readonly level: 'upper' | 'lower' | 'middle';
  readonly shape: 'tall' | 'wide' | 'compact';
  readonly size: 'small' | 'medium' | 'large';
  /** Where it seems to go: a guess from where the lighter edge is. */
  readonly heading: 'left' | 'right' | 'up' | 'down' | 'unknown';
  readonly density: 'sparse' | 'moderate' | 'dense';
  readonly tone: Sight['tone'];
  /** Where the second mass lies. */
  readonly second?: 'left' | 'right' | 'centre';
}

export function factsOf(sight: Sight): Facts {
  const [main, second] = sight.blobs;
  const density = sight.density < 0.03 ? 'sparse' : sight.density < 0.15 ? 'moderate' : 'dense';
  const facts: Facts = {
    blank: sight.blank,
    count: sight.blobs.length,
    side: main ? sideOf(main) : 'centre',
    level: main ? (main.y < 0.36 ? 'upper' : main.y > 0.64 ? 'lower' : 'middle') : 'middle',
    shape: main ? shapeOf(main, sight) : 'compact',
    size: main ? sizeOf(main) : 'small',
    heading: main ? headingOf(main) : 'unknown',
    density,
    tone: sight.tone,
  };
  return second ? { ...facts, second: sideOf(second) } : facts;
}

const sideOf = ({ x }: Blob): Facts['side'] => (x < 0.38 ? 'left' : x > 0.62 ? 'right' : 'centre');

function shapeOf(blob: Blob, { width, height }: Sight): Facts['shape'] {
  const aspect = (blob.width * width) / Math.max(1, blob.height * height);
  return aspect > 1.6 ? 'wide' : aspect < 0.625 ? 'tall' : 'compact';
}

const sizeOf = ({ width, height }: Blob): Facts['size'] => (width * height > 0.2 ? 'large' : width * height > 0.03 ? 'medium' : 'small');

function headingOf({ lean }: Blob): Facts['heading'] {
  if (Math.max(Math.abs(lean.x), Math.abs(lean.y)) < 0.08) return 'unknown';
  if (Math.abs(lean.x) >= Math.abs(lean.y)) return lean.x > 0 ? 'right' : 'left';
  return lean.y > 0 ? 'down' : 'up';
}
