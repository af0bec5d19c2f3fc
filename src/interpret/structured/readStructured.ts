import { type LenientJson, lenientJson } from './lenientJson.ts';
import type { StructuredCaption } from './structuredCaption.ts';
import { type Fields, structuredFields } from './structuredFields.ts';
import { REQUIRED_FIELDS } from './structuredSchema.ts';
import { toCaption } from './toCaption.ts';
import { toFlag, toText } from './toText.ts';

export interface StructuredAnswer {
  /** Absent where the answer holds no caption in parts. */
  readonly structured?: StructuredCaption;
  /** The words to go on with: `dense`, else `short`, else the answer as it is. */
  readonly text: string;
  /**
   * `lenient_json`: it was no strict JSON. `incomplete`: fields were missing. `truncated`: the object was cut off.
   * `not_json`: plain text. `refused`, `empty`: the model stated it.
   */
  readonly flags: readonly string[];
}

/** Reads an answer that was asked for in parts. Never throws, and never loses the words of an answer. */
export function readStructured(answer: string): StructuredAnswer {
  const json = lenientJson(answer);
  const fields = json && structuredFields(json.value);
  return json && fields ? fromFields(answer, json, fields) : plainText(answer);
}

const plainText = (answer: string): StructuredAnswer =>
  hasWords(answer) ? { text: answer, flags: ['not_json'] } : { text: '', flags: ['not_json', 'empty'] };

function fromFields(answer: string, json: LenientJson, fields: Fields): StructuredAnswer {
  const [refused, truncated, empty] = ['refused', 'truncated', 'empty'].map((name) => toFlag(fields.get(name)));
  const dense = toText(fields.get('dense')) || toText(fields.get('short'));
  const short = toText(fields.get('short')) || dense;
  if (dense === '' && !refused && !empty) return { text: '', flags: ['not_json', 'empty'] };
  const flags = [
    !isStrict(answer) && 'lenient_json',
    REQUIRED_FIELDS.some((name) => !fields.has(name)) && 'incomplete',
    (truncated || json.isCut) && 'truncated',
    refused && 'refused',
    empty && 'empty',
  ].filter((name) => typeof name === 'string');
  return { structured: toCaption(fields, short, dense), text: dense, flags };
}

const hasWords = (answer: string): boolean => /\p{L}{2}/u.test(answer.replaceAll(/[{}[\]"':,]/g, ' '));

function isStrict(answer: string): boolean {
  try {
    const value: unknown = JSON.parse(answer);
    return typeof value === 'object' && value !== null && !Array.isArray(value) && 'dense' in value;
  } catch {
    return false;
  }
}
