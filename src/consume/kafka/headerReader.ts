import { isUtf8 } from 'node:buffer';
import { PipelineError } from '../../errors.ts';
import { shown } from '../../stage/shown.ts';
import { wholeNumber } from '../wholeNumber.ts';

/** A longer header is no field of ours. */
const MOST_BYTES = 256;

type Value = Buffer | string;

/** As kafkajs gives them: several headers of one name are a list. */
export type MessageHeaders = Readonly<Record<string, Value | Value[] | null | undefined>>;

/** Reads headers of a message by their names. Both throw DECODE_MALFORMED. */
export interface HeaderReader {
  /** Undefined where the header is absent, or null. */
  readonly text: (name: string) => string | undefined;
  /** A whole number from 0 to `most`, in decimal digits and nothing else. */
  readonly number: (name: string, most: bigint, otherwise: number | string) => bigint;
}

export function headerReader(headers: MessageHeaders = {}): HeaderReader {
  const text = (name: string): string | undefined => {
    const found = Object.hasOwn(headers, name) ? headers[name] : undefined;
    const given = (Array.isArray(found) ? found : [found]).filter((value) => value !== undefined && value !== null);
    const [first, ...more] = given.map((value) => textOf(name, value));
    // Something on the way may have added it again; which of two values is right nobody can tell.
    const other = more.find((value) => value !== first);
    if (other === undefined) return first;
    throw malformed(`header '${name}' comes ${given.length} times, as ${shown(first)} and as ${shown(other)}; send it once`);
  };
  return {
    text,
    number: (name, most, otherwise) => wholeNumber(`header '${name}'`, text(name) ?? otherwise, most),
  };
}

function textOf(name: string, value: Value): string {
  const bytes = Buffer.from(value);
  if (bytes.length > MOST_BYTES) throw malformed(`header '${name}' should have at most ${MOST_BYTES} bytes (found ${shown(value)})`);
  if (!isUtf8(bytes)) throw malformed(`header '${name}' should be text in UTF-8 (found the bytes ${bytes.toString('hex').slice(0, 60)})`);
  return bytes.toString('utf8');
}

const malformed = (what: string): PipelineError => new PipelineError('DECODE_MALFORMED', what);
