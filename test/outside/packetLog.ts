import { type ContainedPacket, type Container, PipelineError } from 'saccade';

/*
  A file of packets: "PKTLOG1\n", then for each packet its length as u32 little-endian and its bytes, in the format pairs.
*/
const MAGIC = new TextEncoder().encode('PKTLOG1\n');

/** A container: a file that holds packets, which are in some format. */
export const packetLog: Container = {
  name: 'packetLog',
  detect: (head) => MAGIC.every((byte, i) => head[i] === byte),
  async *packets(file) {
    let at = MAGIC.length;
    for (let seq = 0; at < file.size; seq++) {
      const head = await file.read(at, 4);
      const length = head.length === 4 ? new DataView(head.buffer, head.byteOffset).getUint32(0, true) : 0;
      const bytes = await file.read(at + 4, length);
      if (head.length < 4 || bytes.length < length)
        throw new PipelineError('INPUT_UNREADABLE', `${file.path}: packet ${seq} at byte ${at} is cut off (found ${bytes.length} bytes)`);
      const packet: ContainedPacket = {
        sensor: 'log',
        seq,
        encoding: 'pairs',
        width: 16,
        height: 16,
        timeBaseNs: 0n,
        capturedAtUs: 0,
        bytes,
      };
      yield packet;
      at += 4 + length;
    }
  },
};
