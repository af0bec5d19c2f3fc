import type { Packet } from '../../stage/packet.ts';
import type { Session, SessionWindow } from '../../stage/session.ts';
import type { WindowLetter } from './deadLetterIndex.ts';
import { endless } from '../../stage/lifetime.ts';

/** How many offsets before a window the sensor's packet before it is looked for. */
const WARM_UP = 1000;
/** Where the next window begins further ahead than this many offsets, the packets in between are not decoded. */
const GAP = 1000;
/** No window has more packets than this. */
const MOST_PACKETS = 4096;

export interface SensorReplayOptions {
  /** How far back a window's picture and filters depend on events before it, in microseconds. */
  readonly horizonUs: number;
  /** Whether a window that was cut is wanted. */
  readonly isWanted: (window: SessionWindow) => boolean;
}

/**
 * The packets of one sensor that the windows of its dead letters need. A letter tells when its window began, and with which
 * packet: that sets the clock of a session that begins there, so that only packets near the window are decoded.
 */
export class SensorReplay {
  readonly #options: SensorReplayOptions;
  /** Letters whose windows did not come yet, in the order of their first packets. */
  #letters: readonly WindowLetter[];
  /** The letter of a packet does not tell the sensor's clock: then the sensor is read from its first packet on. */
  #isReadWhole: boolean;
  #session: Session | undefined;
  /** Packets before the next session that it may need. */
  #warmUp: Packet[] = [];
  /** Where the last packets begin, from the first one on that could not be decoded; undefined before that. */
  #begins: number[] | undefined;

  constructor(letters: readonly WindowLetter[], isReadWhole: boolean, options: SensorReplayOptions) {
    this.#letters = letters.toSorted((a, b) => a.position.first - b.position.first || a.start - b.start);
    this.#isReadWhole = isReadWhole;
    this.#options = options;
  }

  /** Whether all windows of its letters came, or cannot come any more. */
  get isDone(): boolean {
    return this.#letters.length === 0;
  }

  get isReadWhole(): boolean {
    return this.#isReadWhole;
  }

  /** The offset from which the sensor must be read. */
  get from(): number {
    if (this.#isReadWhole) return 0;
    return Math.min(...this.#letters.map((letter) => letter.position.first - WARM_UP - this.#lookback(letter)));
  }

  /** The packets to read now that this one has come: none, or the packet after those of its warm-up. */
  add(packet: Packet, isUndecodable: boolean): Packet[] {
    this.#isReadWhole ||= isUndecodable;
    const { first } = packet.position;
    if (this.#session && !this.#isReadWhole && (this.#letters[0]?.position.first ?? Infinity) > first + GAP) this.#session = undefined;
    this.#session ??= this.#beginSession(packet);
    const session = this.#session;
    if (!session) {
      this.#keepForWarmUp(packet);
      return [];
    }
    if (isUndecodable) this.#begins ??= [];
    this.#remember(first);
    return [...this.#warmUp.splice(0).map((before) => ({ ...before, session, isWarmUp: true })), { ...packet, session }];
  }

  /** Where packets begin within a window, after its first one. */
  beginsWithin({ position: { first, end } }: SessionWindow): readonly number[] {
    return (this.#begins ?? []).filter((begin) => begin > first && begin < end);
  }

  /** The session of the next window, once its first packet is there. */
  #beginSession({ position }: Packet): Session | undefined {
    if (this.#isReadWhole) return this.#newSession(undefined);
    const next = this.#letters[0];
    if (!next || position.first < next.position.first) return undefined;
    return this.#newSession({ start: -Infinity, end: next.start, offset: next.position.first + 1 });
  }

  #newSession(after: Session['after']): Session {
    return {
      after,
      lifetime: endless,
      register: (window) => {
        // Windows come in their order: those before this one will not come any more.
        this.#letters = this.#letters.filter((letter) => isBefore(window, letter));
        return this.#options.isWanted(window);
      },
      finish: () => {},
    };
  }

  #keepForWarmUp(packet: Packet): void {
    this.#warmUp.push(packet);
    const next = this.#letters[0];
    const needed = next ? next.position.first - this.#lookback(next) : Infinity;
    while (this.#warmUp.length > 1 && this.#warmUp[0]!.position.first < needed) this.#warmUp.shift();
  }

  #remember(first: number): void {
    if (this.#begins && this.#begins.push(first) > 2 * MOST_PACKETS) this.#begins.splice(0, MOST_PACKETS);
  }

  /** How many offsets before a window its picture may depend on, by the rate of offsets within it. */
  #lookback({ start, end, position }: WindowLetter): number {
    return Math.ceil((2 * this.#options.horizonUs * (position.end - position.first)) / Math.max(1, end - start));
  }
}

const isBefore = (one: SessionWindow, other: WindowLetter): boolean =>
  one.position.first < other.position.first || (one.position.first === other.position.first && one.start < other.start);
