import { z } from 'zod';
import { allContainers } from '../allContainers.ts';
import { allFormats } from '../../decode/allFormats.ts';
import type { Format } from '../../decode/decoder.ts';
import { readOptions } from '../../readOptions.ts';
import type { Container } from '../recordings/container.ts';
import { type FileLimits, fileLimitsSchema } from '../recordings/fileLimits.ts';
import { openRecording, withGeometry } from '../recordings/openRecording.ts';
import type { Source } from '../source.ts';

export interface RecordingOptions {
  /** Path of a recording in any of the known formats. */
  file: string;
  /** Further event formats that files may have, tried before the built-in ones. @default none */
  formats?: readonly Format[];
  /** Further kinds of files that hold packets, tried before the built-in ones. @default none */
  containers?: readonly Container[];
  /** Bytes of one packet. @default 65536 */
  packetBytes?: number;
  /** The name of the sensor. @default the file's name without its ending; in bags and MCAP files, the topic */
  sensor?: string;
  /** The format or container of the file. @default recognised by its content */
  format?: string;
  /** Sensor width in pixels. @default what the file says */
  width?: number;
  /** Sensor height in pixels. @default what the file says */
  height?: number;
  /** What a file that holds packets (bag, MCAP, HDF5) may cost. @default 64 MiB a chunk, 128 MiB at once, 32 times its length in all */
  limits?: FileLimits;
}

const has = (value: unknown, method: string): boolean => typeof value === 'object' && value !== null && method in value && 'name' in value;

const schema = z.strictObject({
  file: z.string().min(1),
  formats: z.array(z.custom<Format>((value) => has(value, 'start'), 'must be a format, such as evt3')).default([]),
  containers: z.array(z.custom<Container>((value) => has(value, 'packets'), 'must be a container, such as mcap')).default([]),
  packetBytes: z
    .int()
    .min(1)
    .max(2 ** 28)
    .default(65_536),
  sensor: z.string().min(1).optional(),
  format: z.string().min(1).optional(),
  width: z.int().min(1).max(65_536).optional(),
  height: z.int().min(1).max(65_536).optional(),
  limits: fileLimitsSchema.optional(),
});

/**
 * Reads a recording from a file, as fast as it is pulled.
 * Throws INPUT_UNREADABLE for a file that is no recording, or whose sensor size neither the file nor an option gives.
 */
export function recording(options: RecordingOptions): Source {
  const { formats, containers, ...read } = readOptions('recording', schema, options);
  const kinds = { formats: [...formats, ...allFormats], containers: [...containers, ...allContainers] };
  const opened = async () => withGeometry(read.file, await openRecording(kinds, read));
  return {
    name: 'recording',
    params: read,
    async *packets(signal) {
      yield* (await opened()).packets(signal);
    },
    async total() {
      const { bytes, unit } = await opened();
      return unit === 'byte' ? bytes : undefined;
    },
  };
}
