import { basename, extname } from 'node:path';
import { PipelineError, messageOf } from '../../errors.ts';
import type { Packet } from '../../stage/packet.ts';
import { sensorName } from '../../stage/sensorName.ts';
import { boundedFile, boundedPackets } from './boundedFile.ts';
import type { Container } from './container.ts';
import { DEFAULT_FILE_LIMITS } from './fileLimits.ts';
import type { RecordingFileOptions } from './recordingFileOptions.ts';
import { openRecordingFile, unreadable } from './openRecordingFile.ts';

/** The ack of packets whose source commits nothing. */
const noAck = (): void => {};

/** The bytes of a recording in packets of equal length. Throws SOURCE_FAILED where the file cannot be read on. */
export async function* readPackets(
  { file, packetBytes, sensor }: RecordingFileOptions,
  encoding: string,
  { width, height }: { width: number; height: number },
  from: number,
  signal: AbortSignal,
): AsyncGenerator<Packet> {
  const name = sensor ?? basename(file, extname(file));
  const handle = await openRecordingFile(file);
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
        ack: noAck,
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

/** The packets of a container. Throws INPUT_UNREADABLE where it is damaged. */
export async function* readContained(
  container: Container,
  options: RecordingFileOptions,
  size: number,
  signal: AbortSignal,
): AsyncGenerator<Packet> {
  const { file: path, sensor, width, height, limits = DEFAULT_FILE_LIMITS } = options;
  const handle = await openRecordingFile(path);
  const file = boundedFile(handle, path, size, limits);
  let only: string | undefined;
  const nameOf = (topic: string): string => {
    only ??= topic;
    // Several sensors cannot have one name.
    return sensorName(sensor === undefined ? topic : topic === only ? sensor : `${sensor}${topic}`);
  };
  try {
    let first = 0;
    for await (const packet of boundedPackets(container.packets(file, signal), file)) {
      const position = { source: path, unit: 'packet', partition: 0, first, end: ++first } as const;
      const geometry = { width: width ?? packet.width, height: height ?? packet.height };
      yield { ...packet, ...geometry, sensor: nameOf(packet.sensor), position, ack: noAck };
    }
  } catch (error) {
    if (error instanceof PipelineError) throw error;
    throw unreadable(path, `the ${container.name} file is damaged: ${messageOf(error)}`, error);
  } finally {
    await handle.close();
  }
}
