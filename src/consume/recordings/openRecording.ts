import { type FileHandle, open } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { Detected, Format } from '../../decode/decoder.ts';
import { readPropheseeHeader } from '../../decode/propheseeHeader.ts';
import { PipelineError, messageOf } from '../../errors.ts';
import type { Container, RandomAccess } from './container.ts';
import type { Packet } from '../../stage/packet.ts';

export interface OpenOptions {
  /** Path of the recording. */
  readonly file: string;
  /** Bytes of one packet. */
  readonly packetBytes: number;
  /** The name of what made the events. @default the file's name without its ending */
  readonly sensor?: string | undefined;
  /** What to take the file for, instead of recognising it by its content. */
  readonly format?: string | undefined;
  /** Sensor size in pixels, where the file does not tell; it goes before what the file says. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** What files can be recognised as. */
export interface Kinds {
  readonly formats: readonly Format[];
  readonly containers: readonly Container[];
}

/** A recording that was recognised. Nothing but its first bytes has been read. */
export interface OpenedRecording {
  /** The word for the kind of file. */
  readonly format: string;
  /** Sensor size in pixels; 0 where only the packets or nobody can tell. */
  readonly width: number;
  readonly height: number;
  /** Where the size comes from, or what was found instead, for people. */
  readonly geometryFrom: string;
  /** Length of the file in bytes. */
  readonly bytes: number;
  /** What the positions of its packets count. */
  readonly unit: 'byte' | 'packet';
  packets(signal: AbortSignal): AsyncIterable<Packet>;
}

const HEAD_BYTES = 65_536;
const nobodyWaits = (): void => {};

/** Recognises a recording by its content. Throws INPUT_UNREADABLE if it is none, naming what was found. */
export async function openRecording({ formats, containers }: Kinds, options: OpenOptions): Promise<OpenedRecording> {
  const { file, width, height } = options;
  const { head, bytes } = await readHead(file);
  const container = containers.find((kind) => (options.format === undefined ? kind.detect(head) : kind.name === options.format));
  if (container) return openContainer(container, options, bytes);
  const { format, detected } = recognise({ formats, containers }, options, head);
  if (bytes <= detected.headerBytes) {
    throw unreadable(file, `the ${format.name} recording ends with its header, after ${bytes} bytes`);
  }
  const given = width !== undefined && height !== undefined;
  const size = given ? { width, height, geometryFrom: 'options' } : detected;
  return {
    format: format.name,
    width: size.width,
    height: size.height,
    geometryFrom: size.geometryFrom,
    bytes,
    unit: 'byte',
    packets: (signal) => readPackets(options, format.name, size, detected.headerBytes, signal),
  };
}

function openContainer(container: Container, options: OpenOptions, bytes: number): OpenedRecording {
  const { width = 0, height = 0 } = options;
  return {
    format: container.name,
    width,
    height,
    geometryFrom: width > 0 ? 'options' : 'packets',
    bytes,
    unit: 'packet',
    packets: (signal) => readContained(container, options, bytes, signal),
  };
}

/** The same where the sensor size is needed. Throws INPUT_UNREADABLE if nobody knows it. */
export function withGeometry(file: string, recording: OpenedRecording): OpenedRecording {
  if (recording.unit === 'packet' || (recording.width > 0 && recording.height > 0)) return recording;
  const { format, geometryFrom } = recording;
  throw unreadable(file, `the sensor size of this ${format} recording is not known: found ${geometryFrom}; give width and height`);
}

const unreadable = (file: string, what: string, cause?: unknown): PipelineError =>
  new PipelineError('INPUT_UNREADABLE', `${file}: ${what}`, { cause });

async function readHead(file: string): Promise<{ head: Uint8Array; bytes: number }> {
  const handle = await openFile(file);
  try {
    const status = await handle.stat();
    if (!status.isFile()) throw unreadable(file, 'not a file; give the path of a recording');
    if (status.size === 0) throw unreadable(file, 'the file is empty');
    const head = new Uint8Array(Math.min(HEAD_BYTES, status.size));
    const { bytesRead } = await handle.read(head, 0, head.byteLength, 0);
    return { head: head.subarray(0, bytesRead), bytes: status.size };
  } finally {
    await handle.close();
  }
}

async function openFile(file: string): Promise<FileHandle> {
  try {
    return await open(file);
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw unreadable(file, missing ? 'no such file' : messageOf(error), error);
  }
}

function recognise({ formats, containers }: Kinds, options: OpenOptions, head: Uint8Array): { format: Format; detected: Detected } {
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

/** What a file begins with, in the words of somebody who looks at it. */
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

async function* readPackets(
  { file, packetBytes, sensor }: OpenOptions,
  encoding: string,
  { width, height }: { width: number; height: number },
  from: number,
  signal: AbortSignal,
): AsyncGenerator<Packet> {
  const name = sensor ?? basename(file, extname(file));
  const handle = await openFile(file);
  try {
    for (let seq = 0, first = from; !signal.aborted; seq++) {
      const bytes = new Uint8Array(packetBytes);
      const { bytesRead } = await handle.read(bytes, 0, packetBytes, first);
      if (bytesRead === 0) return;
      const position = { source: file, unit: 'byte', partition: 0, first, end: first + bytesRead } as const;
      first += bytesRead;
      yield {
        sensor: name,
        position,
        ack: nobodyWaits,
        seq,
        encoding,
        width,
        height,
        timeBaseNs: 0n,
        capturedAtUs: 0,
        bytes: bytes.subarray(0, bytesRead),
      };
    }
  } catch (error) {
    if (error instanceof PipelineError) throw error;
    throw new PipelineError('SOURCE_FAILED', `${file}: ${messageOf(error)}`, { cause: error });
  } finally {
    await handle.close();
  }
}

async function* readContained(container: Container, options: OpenOptions, size: number, signal: AbortSignal): AsyncGenerator<Packet> {
  const { file: path, sensor, width, height } = options;
  const handle = await openFile(path);
  const file: RandomAccess = {
    path,
    size,
    async read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset);
      return bytes.subarray(0, bytesRead);
    },
  };
  let only: string | undefined;
  const nameOf = (topic: string): string => {
    only ??= topic;
    // Several sensors cannot have one name.
    return sensor === undefined ? topic : topic === only ? sensor : `${sensor}${topic}`;
  };
  try {
    let first = 0;
    for await (const packet of container.packets(file, signal)) {
      const position = { source: path, unit: 'packet', partition: 0, first, end: ++first } as const;
      const geometry = { width: width ?? packet.width, height: height ?? packet.height };
      yield { ...packet, ...geometry, sensor: nameOf(packet.sensor), position, ack: nobodyWaits };
    }
  } catch (error) {
    if (error instanceof PipelineError) throw error;
    throw unreadable(path, `the ${container.name} file is damaged: ${messageOf(error)}`, error);
  } finally {
    await handle.close();
  }
}
