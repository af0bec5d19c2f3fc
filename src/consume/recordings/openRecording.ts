import { LARGEST_SENSOR_PIXELS, geometryFault } from '../../decode/geometryFault.ts';
import type { RecordingFileOptions } from './recordingFileOptions.ts';
import type { Packet } from '../../stage/packet.ts';
import type { Container } from './container.ts';
import { readContained, readPackets } from './readPackets.ts';
import { type RecordingKinds, recogniseFormat } from './recogniseFormat.ts';
import { readHead, unreadable } from './openRecordingFile.ts';

/** A recording that was recognised. Nothing but its first bytes has been read. */
export interface OpenedRecording {
  /** The name of the format or container. */
  readonly format: string;
  /** Sensor size in pixels; 0 where only the packets tell it, or nothing does. */
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

/** Recognises a recording by its content. Throws INPUT_UNREADABLE if it is none, naming what was found. */
export async function openRecording({ formats, containers }: RecordingKinds, options: RecordingFileOptions): Promise<OpenedRecording> {
  const { file, width, height } = options;
  const { head, bytes } = await readHead(file);
  const container = containers.find((kind) => (options.format === undefined ? kind.detect(head) : kind.name === options.format));
  if (container) return openContainer(container, options, bytes);
  const { format, detected } = recogniseFormat({ formats, containers }, options, head);
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

function openContainer(container: Container, options: RecordingFileOptions, bytes: number): OpenedRecording {
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

/** The same recording, if its sensor size is known, and can be. Throws INPUT_UNREADABLE if not. */
export function withGeometry(file: string, recording: OpenedRecording): OpenedRecording {
  const { format, geometryFrom, width, height } = recording;
  if (recording.unit === 'packet') return recording;
  const fault = geometryFrom === 'options' ? undefined : geometryFault(recording, LARGEST_SENSOR_PIXELS);
  if (fault !== undefined) throw unreadable(file, `${fault} (found in: ${geometryFrom}); if it is right, give width and height as well`);
  if (width > 0 && height > 0) return recording;
  throw unreadable(file, `the sensor size of this ${format} recording is not known: found ${geometryFrom}; give width and height`);
}
