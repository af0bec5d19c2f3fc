/** The schemas that are used here, as JSON. */
type Schema = string | readonly Schema[] | SchemaObject;
interface SchemaObject {
  readonly type: Schema;
  readonly name?: string;
  readonly fields?: readonly { readonly name: string; readonly type: Schema }[];
  readonly items?: Schema;
  readonly values?: Schema;
  readonly symbols?: readonly string[];
  readonly size?: number;
}

/** Where a value ends that begins at `at`. Throws RangeError where it does not fit into the bytes. */
type Skip = (bytes: Buffer, at: number) => number;

/** Where a record ends that begins at `at`, and where each of its fields begins. Throws RangeError for bytes that are none. */
export type SkipRecord = (bytes: Buffer, at: number) => { readonly end: number; readonly fields: ReadonlyMap<string, number> };

/**
 * Walks over encoded records of a schema and makes nothing of them. Unlike a decoder it holds every length and count against
 * the bytes there are: damaged ones cannot make it loop, or ask for memory.
 */
export function skipRecord(schema: string): SkipRecord {
  const { fields = [] } = JSON.parse(schema) as SchemaObject;
  const named = new Map<string, Skip>();
  const skips = fields.map(({ name, type }) => [name, skipOf(type, named)] as const);
  return (bytes, at) => {
    const starts = new Map<string, number>();
    let end = at;
    for (const [name, skip] of skips) {
      starts.set(name, end);
      end = skip(bytes, end);
    }
    return { end, fields: starts };
  };
}

/** The number that begins at `at`. */
export const longAt = (bytes: Buffer, at: number): number => readLong(bytes, at).value;

/** The text that begins at `at`. */
export function stringAt(bytes: Buffer, at: number): string {
  const { value, end } = readLong(bytes, at);
  return bytes.toString('utf8', end, within(bytes, end, value));
}

function skipOf(schema: Schema, named: Map<string, Skip>): Skip {
  if (typeof schema === 'string') return primitives[schema] ?? named.get(schema) ?? unknown(schema);
  if (isUnion(schema)) {
    const branches = schema.map((branch) => skipOf(branch, named));
    return (bytes, at) => {
      const { value, end } = readLong(bytes, at);
      const branch = branches[value];
      if (!branch) throw new RangeError(`a union has no branch ${value}`);
      return branch(bytes, end);
    };
  }
  const skip = skipOfObject(schema, named);
  if (schema.name !== undefined) named.set(schema.name, skip);
  return skip;
}

const isUnion = (schema: Schema): schema is readonly Schema[] => Array.isArray(schema);

function skipOfObject({ type, fields = [], items, values, symbols = [], size = 0 }: SchemaObject, named: Map<string, Skip>): Skip {
  switch (type) {
    case 'record': {
      const skips = fields.map((field) => skipOf(field.type, named));
      return (bytes, at) => skips.reduce((place, skip) => skip(bytes, place), at);
    }
    case 'array':
      return blocksOf(skipOf(items!, named));
    case 'map': {
      const value = skipOf(values!, named);
      return blocksOf((bytes, at) => value(bytes, skipBytes(bytes, at)));
    }
    case 'enum':
      return (bytes, at) => {
        const { value, end } = readLong(bytes, at);
        if (value < 0 || value >= symbols.length) throw new RangeError(`an enum has no symbol ${value}`);
        return end;
      };
    case 'fixed':
      return (bytes, at) => within(bytes, at, size);
    default:
      return skipOf(type, named);
  }
}

/** Items of an array or entries of a map, in blocks, up to an empty one. */
const blocksOf =
  (item: Skip): Skip =>
  (bytes, at) => {
    for (let place = at; ;) {
      const { value: count, end } = readLong(bytes, place);
      if (count === 0) return end;
      place = end;
      // A negative count is followed by the size of the block.
      if (count < 0) place = readLong(bytes, place).end;
      if (Math.abs(count) > bytes.byteLength - place) throw new RangeError(`${count} items do not fit`);
      for (let i = 0; i < Math.abs(count); i++) place = item(bytes, place);
    }
  };

const skipBytes: Skip = (bytes, at) => {
  const { value, end } = readLong(bytes, at);
  return within(bytes, end, value);
};

const primitives: Readonly<Record<string, Skip>> = {
  null: (_, at) => at,
  boolean: (bytes, at) => within(bytes, at, 1),
  int: (bytes, at) => readLong(bytes, at).end,
  long: (bytes, at) => readLong(bytes, at).end,
  float: (bytes, at) => within(bytes, at, 4),
  double: (bytes, at) => within(bytes, at, 8),
  bytes: skipBytes,
  string: skipBytes,
};

function unknown(schema: string): never {
  throw new TypeError(`no such type in a schema: ${schema}`);
}

function within(bytes: Buffer, at: number, size: number): number {
  if (!(size >= 0) || size > bytes.byteLength - at) throw new RangeError(`${size} bytes do not fit`);
  return at + size;
}

/** A zigzag varint. */
function readLong(bytes: Buffer, at: number): { readonly value: number; readonly end: number } {
  let value = 0;
  let scale = 1;
  for (let end = at; end < at + 10; scale *= 128) {
    const byte = bytes[end++];
    if (byte === undefined) throw new RangeError('a number does not fit');
    value += (byte % 128) * scale;
    if (byte < 128) return { value: value % 2 === 0 ? value / 2 : -(value + 1) / 2, end };
  }
  throw new RangeError('a number has no end');
}
