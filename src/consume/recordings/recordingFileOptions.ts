import type { CheckedFileLimits } from './fileLimits.ts';

export interface RecordingFileOptions {
  /** Path of the recording. */
  readonly file: string;
  /** Bytes of one packet. */
  readonly packetBytes: number;
  /** The name of the sensor. @default the file's name without its ending */
  readonly sensor?: string | undefined;
  /** The format or container of the file. @default recognised by its content */
  readonly format?: string | undefined;
  /** Sensor size in pixels, where the file does not tell it; takes precedence over the file. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** What a file that holds packets may cost. @default 64 MiB a chunk, 128 MiB at once, 32 times its length in all */
  readonly limits?: CheckedFileLimits | undefined;
}
