import type { Packet } from '../../stage/packet.ts';
import type { DeadLetter } from '../../stage/reject.ts';
import type { SessionWindow } from '../../stage/session.ts';
import { DeadLetterIndex } from './deadLetterIndex.ts';
import { SensorReplay, type SensorReplayOptions } from './sensorReplay.ts';

export interface DeadLetterReplayOptions {
  /** How far back a window's picture and filters depend on events before it, in microseconds. */
  readonly horizonUs: number;
  /** Whether there is a record of a window that was read at this place. */
  readonly isDone: (window: Pick<SessionWindow, 'sensor' | 'start' | 'position'>) => boolean;
}

/**
 * Reads what dead letters of one topic or file ask for from their source again. Their windows come out as they were, with
 * their ids. Of a packet that could not be decoded, those windows are wanted that have no record.
 */
export class DeadLetterReplay {
  readonly #index: DeadLetterIndex;
  readonly #options: DeadLetterReplayOptions;
  /** By partition: the offset from which it must be read. */
  readonly from: ReadonlyMap<number, number>;
  /** By partition and sensor. */
  readonly #sensors = new Map<string, SensorReplay>();

  constructor(letters: readonly DeadLetter[], options: DeadLetterReplayOptions) {
    // Events that came too late would come too late in a replay as well.
    this.#index = new DeadLetterIndex(letters.filter(({ code }) => code !== 'EVENTS_LATE'));
    this.#options = options;
    const windows = Map.groupBy(this.#index.windows, sensorKey);
    const packets = Map.groupBy(this.#index.packets, sensorKey);
    for (const key of new Set([...windows.keys(), ...packets.keys()])) {
      const some = windows.get(key) ?? [];
      // A file is read from its beginning in any case.
      const isReadWhole = packets.has(key) || some.some(({ position }) => position.unit !== 'offset');
      this.#sensors.set(key, new SensorReplay(some, isReadWhole, this.#sensorOptions(key)));
    }
    this.from = firstOffsets(this.#sensors);
  }

  /** Whether a window or packet is one of the letters'; what fails beside them has a dead letter already. */
  asksFor(letter: Pick<DeadLetter, 'sensor' | 'start' | 'position'>): boolean {
    return this.#index.asksFor(letter);
  }

  /** Letters whose window or packet did not come again so far. */
  missing(): readonly DeadLetter[] {
    return [...this.#index.windows, ...this.#index.packets];
  }

  /** Of the packets of the topic or file, each partition in order: those that the letters need. */
  async *packets(source: AsyncIterable<Packet>): AsyncGenerator<Packet, void> {
    for await (const packet of source) {
      const isAsked = this.#index.hasPacket(packet);
      for (const needed of this.#sensorOf(packet).add(packet, isAsked)) {
        const isIt = needed.position.first === packet.position.first;
        yield isAsked && isIt ? { ...needed, ack: () => this.#settle(packet) } : needed;
      }
      if (this.#index.hasAllPackets && [...this.#sensors.values()].every(({ isDone }) => isDone)) return;
    }
  }

  #settle(packet: Packet): void {
    this.#index.removePacket(packet);
    packet.ack();
  }

  #sensorOf(packet: Packet): SensorReplay {
    const key = sensorKey(packet);
    const known = this.#sensors.get(key);
    if (known) return known;
    const sensor = new SensorReplay([], false, this.#sensorOptions(key));
    this.#sensors.set(key, sensor);
    return sensor;
  }

  #sensorOptions(key: string): SensorReplayOptions {
    return { horizonUs: this.#options.horizonUs, isWanted: (window) => this.#isWanted(this.#sensors.get(key)!, window) };
  }

  #isWanted(sensor: SensorReplay, window: SessionWindow): boolean {
    const isMissing = this.#index.removeWindow(window);
    if (!isMissing && !(sensor.isReadWhole && this.#index.holdsPacket(window) && !this.#isCaptioned(sensor, window))) return false;
    this.#index.askForWindow(window);
    return true;
  }

  /**
   * A window that was captioned without the packet has fewer events, so its id does not tell. Its place does: where it begins with that
   * packet, it was read at one after it.
   */
  #isCaptioned(sensor: SensorReplay, window: SessionWindow): boolean {
    const begins = [window.position.first, ...sensor.beginsWithin(window)];
    return begins.some((first) => this.#options.isDone({ ...window, position: { ...window.position, first } }));
  }
}

const sensorKey = ({ sensor, position }: Pick<Packet, 'sensor' | 'position'>): string => `${position.partition} ${sensor}`;

function firstOffsets(sensors: ReadonlyMap<string, SensorReplay>): Map<number, number> {
  const from = new Map<number, number>();
  for (const [key, sensor] of sensors) {
    const partition = Number(key.split(' ')[0]);
    from.set(partition, Math.max(0, Math.min(from.get(partition) ?? Infinity, sensor.from)));
  }
  return from;
}
