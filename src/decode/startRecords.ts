import { type Columns, columns } from './columns.ts';
import { type DecodeCounters, type Decoder, type StreamInfo, noCounts } from './decoder.ts';
import { makeRecords } from './records.ts';

/** The part of a decoder that knows one format of records of equal size. */
export interface RecordReader {
  /**
   * Reads whole records into the columns, which have room for `eventsPerRecord` each, and returns how many events it wrote.
   * The bytes begin at a multiple of 8.
   */
  read(bytes: Uint8Array, columns: Columns, timeBaseNs: bigint): number;
  /** Bytes were lost before the next record. */
  gap?(nearUs?: number): void;
  /** Sensor time reached, in microseconds; NaN before it is known. */
  clockUs(): number;
}

export interface RecordFormat {
  /** Bytes of one record. */
  readonly size: number;
  /** Events that one record can hold. @default 1 */
  readonly eventsPerRecord?: number;
}

/** What a reader knows of its stream. */
export interface RecordStream {
  readonly counters: DecodeCounters;
  /** Sensor size in pixels; what the format can address where it is not known. */
  readonly width: number;
  readonly height: number;
  /** Sensor time near which the stream continues, in microseconds. */
  readonly nearUs: number | undefined;
}

/** A decoder around a reader of records: cuts the stream, keeps the columns, counts what is delivered and what is left over. */
export function startRecords(
  { width, height, nearUs }: StreamInfo,
  { size, eventsPerRecord = 1 }: RecordFormat,
  makeReader: (stream: RecordStream) => RecordReader,
): Decoder {
  const counters = noCounts();
  const records = makeRecords(size);
  const reader = makeReader({ counters, width: width || 65_536, height: height || 65_536, nearUs });
  return {
    push(bytes, timeBaseNs = 0n) {
      const whole = records.take(bytes);
      columns.reserve((whole.byteLength / size) * eventsPerRecord);
      const length = reader.read(whole, columns, timeBaseNs);
      counters.events += length;
      return columns.events(length);
    },
    gap(backToUs) {
      counters.gaps++;
      counters.leftoverBytes += records.drop();
      reader.gap?.(backToUs);
    },
    end() {
      counters.leftoverBytes += records.drop();
      return columns.events(0);
    },
    counters,
    width,
    height,
    get clockUs() {
      return reader.clockUs();
    },
  };
}
