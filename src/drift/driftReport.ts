import { PipelineError } from '../errors.ts';
import { contentWords } from '../normalise/contentWords.ts';
import type { Normaliser } from '../normalise/normaliser.ts';
import { contentRecall } from './contentRecall.ts';
import { type Texture, textureOf } from './texture.ts';
import { type LabelledCaptions, vendorAccuracy } from './vendorAccuracy.ts';

/** How much of the vendors' styles is left in one form. */
export interface FormDrift {
  /** How often the vendor is guessed from the normalised captions, 0..1. */
  readonly normalised: number;
  /** (normalised - content) / (raw - content): 1 = nothing gained, 0 = only the choice of words is left. Null where raw captions give away no more than their words. */
  readonly residual: number | null;
  /** Content words kept, 0..1. */
  readonly recall: number;
  readonly vendors: Readonly<Record<string, Texture>>;
}

export interface DriftReport {
  readonly captions: number;
  readonly images: number;
  readonly vendors: readonly string[];
  /** Accuracy of always guessing the most frequent vendor. */
  readonly chance: number;
  /** Accuracy on the captions as they are. */
  readonly raw: number;
  /** Accuracy on the bare set of their content words: what no normaliser can take away without deleting content. */
  readonly content: number;
  readonly rawVendors: Readonly<Record<string, Texture>>;
  readonly forms: Readonly<Record<string, FormDrift>>;
}

/** Measures how well the vendor can be guessed from captions of the same images, before and after each normaliser. */
export function driftReport(captions: LabelledCaptions, forms: Readonly<Record<string, Normaliser>>): DriftReport {
  const vendors = [...new Set(captions.vendors)].toSorted();
  if (vendors.length < 2) {
    throw new PipelineError(
      'INPUT_UNREADABLE',
      `drift needs captions of two models at least, found ${vendors.length}: ${vendors.join(', ')}`,
    );
  }
  const accuracyOf = (texts: readonly string[]): number => vendorAccuracy({ ...captions, texts });
  const raw = accuracyOf(captions.texts);
  const content = accuracyOf(captions.texts.map(contentSet));
  const measure = (normaliser: Normaliser): FormDrift => {
    const texts = captions.texts.map((text) => normaliser.apply(text).text);
    const normalised = accuracyOf(texts);
    const residual = raw > content ? (normalised - content) / (raw - content) : null;
    return { normalised, residual, recall: contentRecall(captions.texts, texts), vendors: texturesOf({ ...captions, texts }, vendors) };
  };
  return {
    captions: captions.texts.length,
    images: new Set(captions.images).size,
    vendors,
    chance: Math.max(...vendors.map((vendor) => captions.vendors.filter((name) => name === vendor).length)) / captions.texts.length,
    raw,
    content,
    rawVendors: texturesOf(captions, vendors),
    forms: Object.fromEntries(Object.entries(forms).map(([form, normaliser]) => [form, measure(normaliser)])),
  };
}

/** The set in alphabetical order, without order and repetition of the text. */
const contentSet = (text: string): string => [...new Set(contentWords(text))].toSorted().join(' ');

const texturesOf = ({ texts, vendors: vendorOf }: LabelledCaptions, vendors: readonly string[]): Record<string, Texture> =>
  Object.fromEntries(vendors.map((vendor) => [vendor, textureOf(texts.filter((_, i) => vendorOf[i] === vendor))]));
