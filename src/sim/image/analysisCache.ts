import { memo } from '../support/memo.ts';
import { type ImageAnalysis, analyseImage } from './analyseImage.ts';

/** Analyses images, each different one once. Gives undefined for bytes that are no image. */
export type AnalysisCache = (sha256: string, bytes: Uint8Array) => Promise<ImageAnalysis | undefined> | ImageAnalysis | undefined;

/** @param size analyses that are kept */
export function analysisCache(size = 20_000): AnalysisCache {
  const known = new Map<string, ImageAnalysis | null>();
  const underway = memo<Promise<ImageAnalysis | undefined>>(64);
  return (sha256, bytes) => {
    const analysis = known.get(sha256);
    if (analysis !== undefined) return analysis ?? undefined;
    return underway(sha256, async () => {
      const found = await analyseImage(bytes).catch(() => null);
      known.set(sha256, found);
      if (known.size > size) known.delete(known.keys().next().value!);
      return found ?? undefined;
    });
  };
}
