import { columns } from '../columns.ts';
import { type Decoder, type Format, type StreamInfo, noCounts } from '../decoder.ts';
import { detectEventStream } from '../eventStream.ts';

/** Generic events are bytes that only their writer can interpret: they are counted, and their time is used. */
export const esGeneric: Format = {
  name: 'es-generic',
  withoutTriggers: true,
  withoutGeometry: true,
  detect: (head) => detectEventStream(head, 0),
  start: startGeneric,
};

function startGeneric({ width, height }: StreamInfo): Decoder {
  const counters = noCounts();
  const none = columns.events(0);
  let now = Number.NaN;
  let [skip, shift, length] = [0, -1, 0];
  let lost = false;

  const take = (byte: number): void => {
    if (skip > 0) skip--;
    else if (shift >= 0) {
      length += (byte >> 1) * 2 ** shift;
      shift += 7;
      // A length that no file can have is damage: where the next event begins is unknown.
      if (length > Number.MAX_SAFE_INTEGER / 2) lost = true;
      else if ((byte & 1) === 0) [skip, shift, length] = [length, -1, 0];
    } else if (byte === 0xff) now += 254;
    else {
      now += byte;
      counters.otherWords++;
      shift = 0;
    }
  };

  return {
    push(bytes) {
      if (bytes.length > 0 && Number.isNaN(now)) now = 0;
      for (const byte of bytes) {
        if (lost) counters.leftoverBytes++;
        else take(byte);
      }
      return none;
    },
    gap() {
      counters.gaps++;
      lost = true;
    },
    end: () => none,
    counters,
    width,
    height,
    get clockUs() {
      return now;
    },
  };
}
