import { hash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';

/** Longer names are cut: a sensor's name is in every record, metric and message. */
const MOST = 256;
const KEPT = 64;

/**
 * The name of a sensor as a source found it, in characters. Names that are longer than 256 are cut, and end with a part of their
 * digest, so that two of them stay two.
 */
export const sensorName = (found: string): string =>
  found.length <= MOST ? found : `${found.slice(0, KEPT).toWellFormed()}…${hash('sha256', found).slice(0, 16)}`;

/** The same of bytes. Those that are no UTF-8 text are shown as hexadecimal digits, `hex:0a1b`; no two have one name. */
export function sensorNameOf(bytes: Uint8Array): string {
  const text = isUtf8(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8') : undefined;
  return sensorName(text === undefined || /^hex:[0-9a-f]+$/.test(text) ? `hex:${Buffer.from(bytes).toString('hex')}` : text);
}
