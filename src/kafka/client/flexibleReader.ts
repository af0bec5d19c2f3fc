/** Reads the flexible versions of Kafka's protocol (KIP-482), whose lengths are varints and whose parts end with tags. */
export interface FlexibleReader {
  int16(): number;
  int32(): number;
  skip(bytes: number): void;
  bytes(count: number): Buffer;
  /** A text; empty where it is null. */
  text(): string;
  array<Item>(item: () => Item): Item[];
  tags(): void;
}

/** Throws RangeError where the bytes end too early. */
export function flexibleReader(from: Buffer): FlexibleReader {
  let at = 0;
  const bytes = (count: number): Buffer => {
    if (at + count > from.length) throw new RangeError('an answer of the broker ends too early');
    return from.subarray(at, (at += count));
  };
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const next = bytes(1)[0]!;
      value += (next & 0x7f) * scale;
      if (next < 0x80) return value;
    }
  };
  const length = (): number => Math.max(0, varint() - 1);
  return {
    bytes,
    int16: () => bytes(2).readInt16BE(),
    int32: () => bytes(4).readInt32BE(),
    skip: (count) => void bytes(count),
    text: () => bytes(length()).toString(),
    array<Item>(item: () => Item) {
      const items: Item[] = [];
      for (let left = length(); left > 0; left--) items.push(item());
      return items;
    },
    tags() {
      for (let left = varint(); left > 0; left--) {
        varint();
        bytes(varint());
      }
    },
  };
}
