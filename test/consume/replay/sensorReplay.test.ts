import { describe, expect, it } from 'vitest';
import type { WindowLetter } from '../../../src/consume/replay/deadLetterIndex.ts';
import { SensorReplay } from '../../../src/consume/replay/sensorReplay.ts';
import type { Packet } from '../../../src/stage/packet.ts';

const packet = (first: number): Packet =>
  ({ sensor: 'cam', position: { source: 't', unit: 'offset', partition: 0, first, end: first + 1 }, ack: () => {} }) as Packet;
/** The letter of a window of 10 packets in 10 ms. */
const letter = (first: number): WindowLetter =>
  ({
    sensor: 'cam',
    start: 1000 * first,
    end: 1000 * first + 10_000,
    position: { source: 't', unit: 'offset', partition: 0, first, end: first + 10 },
  }) as WindowLetter;

/** 2 ms of history are 2 × 2 offsets at the rate of the windows. */
const replay = (letters: readonly WindowLetter[], isReadWhole = false): SensorReplay =>
  new SensorReplay(letters, isReadWhole, { horizonUs: 2000, isWanted: () => true });

const firsts = (packets: readonly Packet[]): string[] =>
  packets.map(({ position, isWarmUp }) => `${position.first}${isWarmUp ? ' warm-up' : ''}`);

describe('SensorReplay', () => {
  it('gives the warm-up packets of a window out with its first one, in a session that begins there', () => {
    const sensor = replay([letter(20)]);
    const before = Array.from({ length: 20 }, (_, first) => sensor.add(packet(first), false)).flat();
    expect(before).toEqual([]);
    const packets = sensor.add(packet(20), false);
    expect(firsts(packets)).toEqual(['16 warm-up', '17 warm-up', '18 warm-up', '19 warm-up', '20']);
    expect(packets[0]!.session).toMatchObject({ after: { start: -Infinity, end: 20_000, offset: 21 } });
    expect(firsts(sensor.add(packet(21), false))).toEqual(['21']);
  });

  it('ends a session where the next window is far ahead', () => {
    const sensor = replay([letter(5), letter(5000)]);
    const [first] = sensor.add(packet(5), false);
    first!.session!.register({ ...letter(5) });
    expect(sensor.add(packet(6), false)).toEqual([]);
    expect(sensor.isDone).toBe(false);
  });

  it('counts windows that were passed over as not coming any more', () => {
    const sensor = replay([letter(5), letter(8)]);
    const [first] = sensor.add(packet(5), false);
    first!.session!.register(letter(9));
    expect(sensor.isDone).toBe(true);
  });

  it('is read whole from the first packet that could not be decoded', () => {
    const sensor = replay([]);
    expect(sensor.add(packet(1), false)).toEqual([]);
    expect(firsts(sensor.add(packet(2), true))).toEqual(['1 warm-up', '2']);
    sensor.add(packet(3), false);
    sensor.add(packet(4), false);
    expect(sensor.beginsWithin(letter(2))).toEqual([3, 4]);
    expect(sensor.isReadWhole).toBe(true);
  });

  it('says from where it must be read', () => {
    expect(replay([letter(5000), letter(3000)]).from).toBe(3000 - 1000 - 4);
    expect(replay([letter(5000)], true).from).toBe(0);
  });
});
