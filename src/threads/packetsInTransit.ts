/** Counts the packets that no worker has taken yet: what waits in a message queue is invisible to the gate. */
export interface PacketsInTransit {
  /** A packet is sent to a worker. */
  add(): void;
  /** So many packets were taken, or are not wanted any more. */
  remove(packets: number): void;
  /** Resolves when another packet may be sent. */
  hasRoom(): Promise<void>;
}

/** @param room packets that may be on their way now */
export function packetsInTransit(room: () => number): PacketsInTransit {
  let packets = 0;
  let waiting: (() => void)[] = [];
  return {
    add: () => void packets++,
    remove(count) {
      packets -= count;
      if (packets >= room()) return;
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
    async hasRoom() {
      while (packets >= room()) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}
