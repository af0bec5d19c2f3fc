import { PipelineError } from '../../errors.ts';

/*
  Numbers in commit metadata; all are whole numbers below 2^53
    uvarint = 7 bits a byte, the lowest first, high bit set on all but the last
    svarint = zigzag of it
*/

export function putUnsigned(bytes: number[], value: number): void {
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
}

export const putSigned = (bytes: number[], value: number): void => putUnsigned(bytes, value < 0 ? -2 * value - 1 : 2 * value);

export interface VarintReader {
  unsigned(): number;
  signed(): number;
  /** The next 4 bytes, the highest first. */
  hash(): number;
  isAtEnd(): boolean;
}

/** Reads numbers in turn. Throws INPUT_UNREADABLE at the end. */
export function varintReader(bytes: Buffer): VarintReader {
  let at = 0;
  const byte = (): number => {
    const value = bytes[at++];
    if (value === undefined) throw new PipelineError('INPUT_UNREADABLE', 'the metadata of the commit ends too early');
    return value;
  };
  const unsigned = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const next = byte();
      value += (next & 0x7f) * scale;
      if (next < 0x80) return value;
    }
  };
  return {
    isAtEnd: () => at === bytes.length,
    unsigned,
    signed() {
      const value = unsigned();
      return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
    },
    hash: () => [byte(), byte(), byte(), byte()].reduce((value, next) => value * 256 + next, 0),
  };
}
