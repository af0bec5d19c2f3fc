import type { DeadLetter } from '../../stage/reject.ts';
import type { SessionWindow, Session, ResumePoint } from '../../stage/session.ts';
import type { Packet } from '../../stage/packet.ts';

export interface AgainOptions {
  /** How far back a window's picture and filters depend on events before it, in microseconds. */
  readonly horizonUs: number;
  /** Whether there is a record of this window. */
  readonly isDone: (window: SessionWindow) => boolean;
}

/** What dead letters of one topic or file ask for. */
export interface Again {
  /** Of the packets of the topic or file, each partition in order: those that the windows of the letters need. */
  readonly packets: (all: AsyncIterable<Packet>) => AsyncGenerator<Packet, void>;
  /** By partition: where reading must begin. */
  readonly from: ReadonlyMap<number, number>;
  /** Whether a window or packet is one of the letters'; what fails beside them is in the dead letters already. */
  readonly asksFor: (letter: Pick<DeadLetter, 'sensor' | 'start' | 'position'>) => boolean;
  /** Letters whose window or packet did not come again so far. */
  readonly missing: () => readonly DeadLetter[];
}

type WindowLetter = DeadLetter & { readonly start: number; readonly end: number };

interface Sensor {
  /** Windows that did not come yet, in the order of their first packets. */
  windows: WindowLetter[];
  /** A packet's letter does not tell the sensor's clock: it is followed from its first packet on. */
  isWhole: boolean;
  /** The stretch that is being read. */
  session: Session | undefined;
  /** Packets before the next stretch that it may need. */
  warmUp: Packet[];
}

/** Offsets before a window in which the sensor's packet before it is looked for. */
const RUN_UP = 1000;
/** Where the next window begins further ahead, what lies between is not decoded. */
const GAP = 1000;

const keyOf = ({ sensor, start, position }: Pick<SessionWindow, 'sensor' | 'start' | 'position'>): string =>
  `${position.partition} ${position.first} ${start} ${sensor}`;
const placeOf = ({ position }: Pick<Packet, 'position'>): string => `${position.partition} ${position.first}`;
const isWindow = (letter: DeadLetter): letter is WindowLetter => letter.start !== null && letter.end !== null;

/**
 * Takes the windows of dead letters from their source once more. A letter says when its window began and with which
 * packet: that sets the sensor's clock and the window's border, so only what is near is decoded, and the window is the
 * same again, with its id. Of a packet that could not be decoded, those windows are wanted that nobody has captioned.
 */
export function again(all: readonly DeadLetter[], { horizonUs, isDone }: AgainOptions): Again {
  // What came too late would come too late again.
  const letters = all.filter(({ code }) => code !== 'EVENTS_LATE');
  const windows = new Map(letters.filter(isWindow).map((letter) => [keyOf(letter), letter]));
  const packets = new Map(letters.filter((letter) => !isWindow(letter)).map((letter) => [placeOf(letter), letter]));
  const asked = { windows: new Set(windows.keys()), packets: new Set(packets.keys()) };
  const sensors = new Map<string, Sensor>();
  /** By partition: where the packets of the letters begin, ascending. */
  const places = new Map<number, number[]>();
  for (const [partition, some] of Map.groupBy(packets.values(), ({ position }) => position.partition))
    places.set(
      partition,
      some.map(({ position }) => position.first).toSorted((a, b) => a - b),
    );
  /** By partition and sensor: where the last packets begin, from one on that could not be decoded. */
  const begins = new Map<string, number[]>();

  const sensorOf = ({ sensor, position: { partition } }: Pick<Packet, 'sensor' | 'position'>): Sensor => {
    const key = `${partition} ${sensor}`;
    const known = sensors.get(key);
    if (known) return known;
    const fresh: Sensor = { windows: [], isWhole: false, session: undefined, warmUp: [] };
    sensors.set(key, fresh);
    return fresh;
  };
  for (const letter of windows.values()) {
    const sensor = sensorOf(letter);
    sensor.windows.push(letter);
    // A file is read from its beginning in any case.
    sensor.isWhole ||= letter.position.unit !== 'offset';
  }
  for (const letter of packets.values()) sensorOf(letter).isWhole = true;
  for (const sensor of sensors.values()) sensor.windows.sort((a, b) => a.position.first - b.position.first || a.start - b.start);

  /** What was captioned without the packet that it begins with has the id of a packet after it. */
  const isCaptioned = (window: SessionWindow): boolean => {
    const { partition, first, end } = window.position;
    const others = (begins.get(`${partition} ${window.sensor}`) ?? []).filter((begin) => begin > first && begin < end);
    return [first, ...others].some((begin) => isDone({ ...window, position: { ...window.position, first: begin } }));
  };

  const begin = (sensor: Sensor, window: SessionWindow): boolean => {
    const key = keyOf(window);
    const isAsked = windows.delete(key);
    // Windows come in their order: what lies before this one will not come any more.
    sensor.windows = sensor.windows.filter((letter) => isBefore(window, letter));
    if (!isAsked && !(sensor.isWhole && holdsOne(places.get(window.position.partition), window.position) && !isCaptioned(window)))
      return false;
    asked.windows.add(key);
    return true;
  };
  const sessionOf = (sensor: Sensor, after: ResumePoint | undefined): Session => ({
    after,
    signal: new AbortController().signal,
    register: (window) => begin(sensor, window),
    finish: () => {},
  });

  /** Begins the stretch of the next window, once its first packet is there. */
  const stretch = (sensor: Sensor, packet: Packet): Packet[] => {
    const next = sensor.windows[0];
    if (sensor.isWhole) sensor.session = sessionOf(sensor, undefined);
    else if (next && packet.position.first >= next.position.first) {
      const { start: end, position } = next;
      sensor.session = sessionOf(sensor, { start: -Infinity, end, offset: position.first + 1 });
    } else {
      sensor.warmUp.push(packet);
      const needed = next ? next.position.first - reachOf(next, horizonUs) : Infinity;
      while (sensor.warmUp.length > 1 && sensor.warmUp[0]!.position.first < needed) sensor.warmUp.shift();
      return [];
    }
    return sensor.warmUp.splice(0).map((one) => ({ ...one, isWarmUp: true }));
  };

  return {
    asksFor: (letter) =>
      letter.start === null ? asked.packets.has(placeOf(letter)) : asked.windows.has(keyOf({ ...letter, start: letter.start })),
    missing: () => [...windows.values(), ...packets.values()],
    from: beginnings(sensors, horizonUs),
    async *packets(source) {
      for await (const packet of source) {
        const place = placeOf(packet);
        const isAsked = packets.has(place);
        const sensor = sensorOf(packet);
        sensor.isWhole ||= isAsked;
        const { first } = packet.position;
        if (sensor.session && !sensor.isWhole && (sensor.windows[0]?.position.first ?? Infinity) > first + GAP) sensor.session = undefined;
        const before = sensor.session ? [] : stretch(sensor, packet);
        const { session } = sensor;
        if (session) {
          for (const one of before) yield { ...one, session };
          const sensorKey = `${packet.position.partition} ${packet.sensor}`;
          if (isAsked && !begins.has(sensorKey)) begins.set(sensorKey, []);
          remember(begins.get(sensorKey), first);
          const settle = (): void => {
            packets.delete(place);
            packet.ack();
          };
          yield { ...packet, session, ...(isAsked && { ack: settle }) };
        }
        if (packets.size === 0 && [...sensors.values()].every((one) => one.windows.length === 0)) return;
      }
    },
  };
}

const isBefore = (one: SessionWindow, other: WindowLetter): boolean =>
  one.position.first < other.position.first || (one.position.first === other.position.first && one.start < other.start);

/** @param places ascending */
function holdsOne(places: readonly number[] = [], { first, end }: SessionWindow['position']): boolean {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle]! < first) low = middle + 1;
    else high = middle;
  }
  return (places[low] ?? Infinity) < end;
}

/** No window has more packets than this. */
const REMEMBERED = 4096;

function remember(begins: number[] | undefined, first: number): void {
  if (begins && begins.push(first) > 2 * REMEMBERED) begins.splice(0, REMEMBERED);
}

/** How many offsets before a window its picture may depend on, by how fast offsets passed in it. */
const reachOf = ({ start, end, position }: WindowLetter, horizonUs: number): number =>
  Math.ceil((2 * horizonUs * (position.end - position.first)) / Math.max(1, end - start));

function beginnings(sensors: ReadonlyMap<string, Sensor>, horizonUs: number): Map<number, number> {
  const from = new Map<number, number>();
  for (const [key, { isWhole, windows }] of sensors) {
    const partition = Number(key.split(' ')[0]);
    const firsts = windows.map((letter) => letter.position.first - RUN_UP - reachOf(letter, horizonUs));
    from.set(partition, Math.max(0, Math.min(from.get(partition) ?? Infinity, isWhole ? 0 : Infinity, ...firsts)));
  }
  return from;
}
