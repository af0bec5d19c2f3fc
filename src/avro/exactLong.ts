import avsc from 'avsc';

/** Beyond 2^53 a double is not exact. */
const isLong = (value: unknown): boolean => (typeof value === 'bigint' ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value));

// oxlint-disable-next-line no-underscore-dangle, typescript/unbound-method -- avsc names it so
const { __with: longType } = avsc.types.LongType;

/** Avro's `long` to the last digit: read as bigint; a bigint or a safe number is written. */
export const exactLong: avsc.Type = longType(
  { fromBuffer: readVarint, toBuffer: writeVarint, fromJSON: BigInt, toJSON: Number, isValid: isLong, compare },
  true,
);

/** Groups of seven bits, lowest first, of a number whose sign is its lowest bit. */
function readVarint(bytes: Uint8Array): bigint {
  let zigzag = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) zigzag = zigzag * 128n + BigInt(bytes[i]! & 127);
  if (bytes.length > 10 || BigInt.asUintN(64, zigzag) !== zigzag) throw new RangeError('a number of more than 64 bits');
  return zigzag & 1n ? -(zigzag + 1n) / 2n : zigzag / 2n;
}

function writeVarint(value: bigint | number): Buffer {
  const long = BigInt(value);
  const bytes: number[] = [];
  let zigzag = long < 0n ? -2n * long - 1n : 2n * long;
  for (; zigzag > 127n; zigzag >>= 7n) bytes.push(Number(zigzag & 127n) | 128);
  return Buffer.from([...bytes, Number(zigzag)]);
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
