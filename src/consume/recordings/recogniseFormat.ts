import type { Detected, Format } from '../../decode/decoder.ts';
import { readPropheseeHeader } from '../../decode/propheseeHeader.ts';
import type { Container } from './container.ts';
import type { RecordingFileOptions } from './recordingFileOptions.ts';
import { unreadable } from './openRecordingFile.ts';

/** What files can be recognised as. */
export interface RecordingKinds {
  readonly formats: readonly Format[];
  readonly containers: readonly Container[];
}

/** The format of a file that is no container. Throws INPUT_UNREADABLE where it is not known, naming what was found. */
export function recogniseFormat(
  { formats, containers }: RecordingKinds,
  options: RecordingFileOptions,
  head: Uint8Array,
): { format: Format; detected: Detected } {
  const { file, format: wanted } = options;
  const names = [...containers, ...formats].map(({ name }) => name).join(', ');
  if (wanted !== undefined) {
    const format = formats.find(({ name }) => name === wanted);
    if (!format) throw unreadable(file, `cannot be read as '${wanted}'; known formats: ${names}`);
    const headerBytes = readPropheseeHeader(head).bytes;
    return { format, detected: format.detect?.(head) ?? { headerBytes, width: 0, height: 0, geometryFrom: 'no header of this format' } };
  }
  for (const format of formats) {
    const detected = format.detect?.(head);
    if (detected) return { format, detected };
  }
  throw unreadable(
    file,
    `no recording of a known format: ${describe(head)}; known formats: ${names}; if you know it, give format, width and height`,
  );
}

/** What a file begins with, for people. */
function describe(head: Uint8Array): string {
  const { fields, bytes } = readPropheseeHeader(head);
  if (bytes > 0) return `it has a header of ${bytes} bytes with ${[...fields].map(([key, value]) => `${key} '${value}'`).join(', ')}`;
  const start = head.subarray(0, 16);
  const readable = start.every((byte) => byte >= 0x20 && byte < 0x7f);
  const shown = readable
    ? `'${Buffer.from(start).toString('latin1')}'`
    : Buffer.from(start)
        .toString('hex')
        .replace(/..(?=.)/g, '$& ');
  return `it begins with ${shown}`;
}
