/** A map that knows which of its entries was set longest ago. */
export interface RecentMap<Key, Value> {
  get(key: Key): Value | undefined;
  /** The entry is now the newest. */
  set(key: Key, value: Value): void;
  /** Removes an entry and returns its value. */
  take(key: Key): Value | undefined;
  /** The key that was set longest ago. */
  readonly oldest: Key | undefined;
  readonly size: number;
  keys(): Key[];
  values(): Value[];
}

interface Entry<Key, Value> {
  readonly key: Key;
  value: Value;
  older: Entry<Key, Value> | undefined;
  newer: Entry<Key, Value> | undefined;
}

/**
 * Entries are linked in their order: the first key of a Map, which has it too, takes the longer to find the more were removed before it.
 *
 * @param most entries; above it the oldest goes. @default without bound: whoever uses it takes the oldest out
 * @param dropped called with each value that had to go
 */
export function recentMap<Key, Value>(most = Infinity, dropped: (value: Value) => void = () => {}): RecentMap<Key, Value> {
  const entries = new Map<Key, Entry<Key, Value>>();
  let oldest: Entry<Key, Value> | undefined;
  let newest: Entry<Key, Value> | undefined;

  const unlink = (entry: Entry<Key, Value>): void => {
    if (entry.older) entry.older.newer = entry.newer;
    else oldest = entry.newer;
    if (entry.newer) entry.newer.older = entry.older;
    else newest = entry.older;
  };
  const append = (entry: Entry<Key, Value>): void => {
    entry.older = newest;
    entry.newer = undefined;
    if (newest) newest.newer = entry;
    else oldest = entry;
    newest = entry;
  };
  const take = (key: Key): Value | undefined => {
    const entry = entries.get(key);
    if (!entry) return undefined;
    entries.delete(key);
    unlink(entry);
    return entry.value;
  };
  return {
    get: (key) => entries.get(key)?.value,
    set(key, value) {
      const entry = entries.get(key);
      if (entry) {
        entry.value = value;
        if (entry === newest) return;
        unlink(entry);
        return append(entry);
      }
      const added = { key, value, older: undefined, newer: undefined };
      entries.set(key, added);
      append(added);
      if (entries.size > most && oldest) dropped(take(oldest.key)!);
    },
    take,
    get oldest() {
      return oldest?.key;
    },
    get size() {
      return entries.size;
    },
    keys: () => [...entries.keys()],
    values: () => [...entries.values()].map(({ value }) => value),
  };
}
