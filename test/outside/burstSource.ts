import type { Packet, Source } from 'saccade';

export interface BurstSourceOptions {
  /** The bytes of each packet. */
  packets: readonly Uint8Array[];
  /** The word for their format. */
  encoding: string;
}

/** A source: packets from memory, all of one sensor. */
export const burstSource = ({ packets, encoding }: BurstSourceOptions): Source & { readonly acked: ReadonlySet<number> } => {
  const acked = new Set<number>();
  return {
    name: 'burstSource',
    params: { encoding },
    acked,
    async *packets(signal) {
      for (const [seq, bytes] of packets.entries()) {
        if (signal.aborted) return;
        const packet: Packet = {
          sensor: 'burst',
          position: { source: 'burstSource', unit: 'packet', partition: 0, first: seq, end: seq + 1 },
          ack: () => acked.add(seq),
          seq,
          encoding,
          width: 16,
          height: 16,
          timeBaseNs: 0n,
          capturedAtUs: 0,
          bytes,
        };
        yield packet;
      }
    },
  };
};
