import type { ImageAnalysis } from './analyseImage.ts';
import type { ImageRegion } from './imageRegions.ts';

/** What a caption says of an image, before it is put into words. */
export interface SceneFacts {
  readonly blank: boolean;
  /** Regions; 0 where everything is scattered. */
  readonly count: number;
  readonly side: 'left' | 'right' | 'centre';
  readonly level: 'upper' | 'lower' | 'middle';
  readonly shape: 'tall' | 'wide' | 'compact';
  readonly size: 'small' | 'medium' | 'large';
  /** Direction of motion: a guess from where the lighter edge is. */
  readonly heading: 'left' | 'right' | 'up' | 'down' | 'unknown';
  readonly density: 'sparse' | 'moderate' | 'dense';
  readonly tone: ImageAnalysis['tone'];
  /** Where the second region lies. */
  readonly second?: 'left' | 'right' | 'centre';
}

export function sceneFacts(analysis: ImageAnalysis): SceneFacts {
  const [main, second] = analysis.regions;
  const density = analysis.density < 0.03 ? 'sparse' : analysis.density < 0.15 ? 'moderate' : 'dense';
  const facts: SceneFacts = {
    blank: analysis.blank,
    count: analysis.regions.length,
    side: main ? sideOf(main) : 'centre',
    level: main ? (main.y < 0.36 ? 'upper' : main.y > 0.64 ? 'lower' : 'middle') : 'middle',
    shape: main ? shapeOf(main, analysis) : 'compact',
    size: main ? sizeOf(main) : 'small',
    heading: main ? headingOf(main) : 'unknown',
    density,
    tone: analysis.tone,
  };
  return second ? { ...facts, second: sideOf(second) } : facts;
}

const sideOf = ({ x }: ImageRegion): SceneFacts['side'] => (x < 0.38 ? 'left' : x > 0.62 ? 'right' : 'centre');

function shapeOf(region: ImageRegion, { width, height }: ImageAnalysis): SceneFacts['shape'] {
  const aspect = (region.width * width) / Math.max(1, region.height * height);
  return aspect > 1.6 ? 'wide' : aspect < 0.625 ? 'tall' : 'compact';
}

const sizeOf = ({ width, height }: ImageRegion): SceneFacts['size'] =>
  width * height > 0.2 ? 'large' : width * height > 0.03 ? 'medium' : 'small';

function headingOf({ lean }: ImageRegion): SceneFacts['heading'] {
  if (Math.max(Math.abs(lean.x), Math.abs(lean.y)) < 0.08) return 'unknown';
  if (Math.abs(lean.x) >= Math.abs(lean.y)) return lean.x > 0 ? 'right' : 'left';
  return lean.y > 0 ? 'down' : 'up';
}
