import type { Packet } from '../../stage/packet.ts';
import type { DeadLetter } from '../../stage/reject.ts';
import type { SessionWindow } from '../../stage/session.ts';

/** The dead letter of a window; those of packets have no start. */
export type WindowLetter = DeadLetter & { readonly start: number; readonly end: number };

/** What dead letters ask for: windows, and packets that could not be decoded. Finds them, and knows which are still missing. */
export class DeadLetterIndex {
  /** Those that did not come again so far. */
  readonly #windows: Map<string, WindowLetter>;
  readonly #packets: Map<string, DeadLetter>;
  /** Keys of all that is asked for. */
  readonly #askedWindows: Set<string>;
  readonly #askedPackets: ReadonlySet<string>;
  /** By partition: where the packets begin, ascending. */
  readonly #packetOffsets = new Map<number, readonly number[]>();

  constructor(letters: readonly DeadLetter[]) {
    this.#windows = new Map(letters.filter(isWindow).map((letter) => [windowKey(letter), letter]));
    this.#packets = new Map(letters.filter((letter) => !isWindow(letter)).map((letter) => [packetKey(letter), letter]));
    this.#askedWindows = new Set(this.#windows.keys());
    this.#askedPackets = new Set(this.#packets.keys());
    for (const [partition, some] of Map.groupBy(this.#packets.values(), ({ position }) => position.partition)) {
      const offsets = some.map(({ position }) => position.first).toSorted((a, b) => a - b);
      this.#packetOffsets.set(partition, offsets);
    }
  }

  get windows(): readonly WindowLetter[] {
    return [...this.#windows.values()];
  }

  get packets(): readonly DeadLetter[] {
    return [...this.#packets.values()];
  }

  /** Whether all packets that are asked for came again. */
  get hasAllPackets(): boolean {
    return this.#packets.size === 0;
  }

  /** Whether a packet is asked for and did not come again so far. */
  hasPacket(packet: Pick<Packet, 'position'>): boolean {
    return this.#packets.has(packetKey(packet));
  }

  /** Whether a window holds a packet that is asked for, whether it came again or not. */
  holdsPacket({ position }: Pick<SessionWindow, 'position'>): boolean {
    const next = firstAtOrAfter(this.#packetOffsets.get(position.partition) ?? [], position.first);
    return next !== undefined && next < position.end;
  }

  /** A packet has come again. */
  removePacket(packet: Pick<Packet, 'position'>): void {
    this.#packets.delete(packetKey(packet));
  }

  /** A window has come again. Returns whether it was missing. */
  removeWindow(window: SessionWindow): boolean {
    return this.#windows.delete(windowKey(window));
  }

  /** From here on this window counts as asked for. */
  askForWindow(window: SessionWindow): void {
    this.#askedWindows.add(windowKey(window));
  }

  asksFor(letter: Pick<DeadLetter, 'sensor' | 'start' | 'position'>): boolean {
    if (letter.start === null) return this.#askedPackets.has(packetKey(letter));
    return this.#askedWindows.has(windowKey({ ...letter, start: letter.start }));
  }
}

const isWindow = (letter: DeadLetter): letter is WindowLetter => letter.start !== null && letter.end !== null;

const windowKey = ({ sensor, start, position }: Pick<SessionWindow, 'sensor' | 'start' | 'position'>): string =>
  `${position.partition} ${position.first} ${start} ${sensor}`;
const packetKey = ({ position }: Pick<Packet, 'position'>): string => `${position.partition} ${position.first}`;

/** @param offsets ascending */
function firstAtOrAfter(offsets: readonly number[], offset: number): number | undefined {
  let [low, high] = [0, offsets.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (offsets[middle]! < offset) low = middle + 1;
    else high = middle;
  }
  return offsets[low];
}
